/**
 * Traffic profiles: token lengths of public traces as quantile tables, with their rank correlation,
 * and the arrivals and prefix reuse where a trace shows them. Written by
 * test/bench/fit-traffic-profiles.ts; do not edit by hand.
 */
import type { TrafficProfile } from "./specs";

const probabilities: readonly number[] = [
  0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1,
];

export const trafficProfiles: readonly TrafficProfile[] = [
  {
    name: "azure-conversation-2023",
    description: "Azure LLM service, conversation: one hour of 16 November 2023",
    requests: 19366,
    probabilities,
    inputTokens: [
      2, 29, 181, 207, 387, 403, 703, 1020, 1071, 1130, 1315, 2735, 4083, 4098, 4142, 4831, 6179,
      14050,
    ],
    outputTokens: [
      7, 16, 41, 54, 77, 91, 103, 129, 177, 384, 400, 424, 451, 540, 601, 643, 954, 1000,
    ],
    rankCorrelation: 0.073,
    arrivals: { meanRequestsPerSecond: 5.53, gapCv: 1.094 },
    source: "Azure/AzurePublicDataset@b469a113 data/AzureLLMInferenceTrace_conv.csv",
    date: "2023-11-16",
  },
  {
    name: "azure-code-2023",
    description: "Azure LLM service, code completion: one hour of 16 November 2023",
    requests: 8819,
    probabilities,
    inputTokens: [
      3, 17, 75, 147, 386, 770, 1075, 1469, 1909, 2433, 3192, 5188, 7303, 7436, 7436, 7436, 7437,
      7437,
    ],
    outputTokens: [6, 6, 6, 7, 8, 9, 11, 13, 16, 20, 29, 55, 90, 171, 251, 359, 825, 1899],
    rankCorrelation: -0.021,
    arrivals: { meanRequestsPerSecond: 2.566, gapCv: 13.151 },
    source: "Azure/AzurePublicDataset@b469a113 data/AzureLLMInferenceTrace_code.csv",
    date: "2023-11-16",
  },
  {
    name: "mooncake-conversation",
    description: "Kimi chat, one hour, with prefix blocks of 512 tokens; FAST 2025",
    requests: 12031,
    probabilities,
    inputTokens: [
      891, 894, 901, 964, 1662, 3263, 4993, 6909, 9570, 13196, 17869, 27367, 39551, 66449, 85400,
      100810, 121301, 126195,
    ],
    outputTokens: [
      1, 3, 10, 24, 100, 213, 291, 350, 399, 447, 504, 597, 698, 892, 1119, 1568, 2000, 2000,
    ],
    rankCorrelation: 0.072,
    arrivals: { meanRequestsPerSecond: 3.401, gapCv: 3.034 },
    prefix: { reusableShare: 0.374 },
    source: "kvcache-ai/Mooncake@3b5a5941 FAST25-release/traces/conversation_trace.jsonl",
    date: "2025-02-25",
  },
  {
    name: "mooncake-synthetic",
    description:
      "Long-context mixture with heavy prefix reuse, put together by the Mooncake authors",
    requests: 3993,
    probabilities,
    inputTokens: [
      13, 16, 22, 30, 88, 913, 4365, 11587, 16290, 19409, 28425, 38611, 48905, 56631, 66456, 76328,
      191373, 191378,
    ],
    outputTokens: [1, 2, 2, 4, 8, 16, 32, 69, 126, 210, 289, 389, 519, 689, 768, 782, 813, 893],
    rankCorrelation: -0.517,
    arrivals: { meanRequestsPerSecond: 3.906, gapCv: 1.011 },
    prefix: { reusableShare: 0.651 },
    source: "kvcache-ai/Mooncake@3b5a5941 FAST25-release/traces/synthetic_trace.jsonl",
    date: "2025-02-25",
  },
  {
    name: "sharegpt",
    description:
      "ShareGPT first turns; answers generated anew by a later model, six times as long as the original ones",
    requests: 81494,
    probabilities,
    inputTokens: [1, 1, 7, 12, 23, 36, 52, 72, 97, 135, 198, 323, 432, 529, 570, 592, 610, 614],
    outputTokens: [
      1, 15, 118, 221, 395, 631, 933, 1311, 1622, 1801, 1929, 2077, 2201, 2311, 2399, 2473, 2623,
      3333,
    ],
    rankCorrelation: 0.307,
    source: "openshift-psap/performance-dashboard@71007029 datasets/summaries",
    date: "2026-11-22",
  },
  {
    name: "arxiv-summarization",
    description: "Summaries of arXiv papers, as Vidur replays them",
    requests: 28257,
    probabilities,
    inputTokens: [
      1, 73, 749, 1242, 1802, 2150, 2453, 2730, 2996, 3249, 3490, 3702, 3813, 3892, 3933, 3963,
      4012, 4054,
    ],
    outputTokens: [
      5, 36, 60, 78, 104, 125, 145, 167, 192, 222, 268, 372, 736, 2775, 3271, 3582, 3844, 4056,
    ],
    rankCorrelation: -0.114,
    source: "microsoft/vidur@7d475133 data/processed_traces",
    date: "2026-11-22",
  },
  {
    name: "apexplus-creation",
    description: "Story writing: short prompts, long answers",
    requests: 512,
    probabilities,
    inputTokens: [
      100, 139, 179, 199, 234, 257, 286, 309, 331, 348, 372, 400, 423, 480, 566, 635, 972, 1232,
    ],
    outputTokens: [
      236, 354, 525, 627, 761, 881, 983, 1107, 1218, 1374, 1511, 1708, 1807, 2025, 2341, 2664, 3466,
      3501,
    ],
    rankCorrelation: 0.713,
    source: "microsoft/apex_plus@87690965",
    date: "2026-11-22",
  },
  {
    name: "apexplus-lmsys",
    description: "LMSYS chat arena",
    requests: 1024,
    probabilities,
    inputTokens: [2, 2, 3, 5, 8, 10, 13, 17, 24, 36, 66, 177, 308, 484, 586, 684, 767, 1037],
    outputTokens: [1, 2, 8, 12, 28, 50, 79, 117, 165, 227, 300, 389, 436, 481, 533, 605, 754, 761],
    rankCorrelation: 0.138,
    source: "microsoft/apex_plus@87690965",
    date: "2026-11-22",
  },
  {
    name: "apexplus-summarization",
    description: "Summaries of documents: long prompts, short answers",
    requests: 1302,
    probabilities,
    inputTokens: [
      245, 608, 999, 1367, 1808, 2209, 2611, 2943, 3214, 3432, 3662, 3880, 4001, 4059, 4075, 4086,
      4092, 4092,
    ],
    outputTokens: [
      51, 60, 72, 88, 107, 125, 141, 162, 180, 204, 229, 269, 297, 333, 357, 385, 453, 458,
    ],
    rankCorrelation: 0.101,
    source: "microsoft/apex_plus@87690965",
    date: "2026-11-22",
  },
  {
    name: "mlperf-llama2-70b",
    description: "MLPerf inference, Llama 2 70B: OpenOrca questions",
    requests: 24576,
    probabilities,
    inputTokens: [
      48, 56, 73, 85, 102, 117, 132, 152, 186, 232, 312, 519, 614, 687, 791, 877, 990, 1021,
    ],
    outputTokens: [
      3, 4, 15, 31, 67, 102, 146, 190, 231, 276, 336, 449, 563, 699, 779, 843, 950, 1016,
    ],
    rankCorrelation: -0.12,
    source: "openshift-psap/performance-dashboard@71007029 datasets/summaries",
    date: "2026-11-22",
  },
  {
    name: "mlperf-llama3.1-405b",
    description: "MLPerf inference, Llama 3.1 405B: long-context mix",
    requests: 8313,
    probabilities,
    inputTokens: [
      476, 1598, 2783, 3678, 5122, 6999, 8803, 10112, 11038, 11731, 12757, 14156, 15831, 17934,
      18956, 19484, 19846, 19988,
    ],
    outputTokens: [
      3, 192, 210, 217, 423, 599, 691, 753, 800, 841, 881, 974, 1048, 1125, 1174, 1219, 1360, 1830,
    ],
    rankCorrelation: -0.115,
    source: "openshift-psap/performance-dashboard@71007029 datasets/summaries",
    date: "2026-11-22",
  },
  {
    name: "mlperf-mixtral-8x7b",
    description: "MLPerf inference, Mixtral 8x7B: chat, maths and code",
    requests: 15000,
    probabilities,
    inputTokens: [
      35, 54, 85, 112, 143, 168, 206, 283, 634, 652, 668, 701, 1006, 1367, 1561, 1754, 1862, 1948,
    ],
    outputTokens: [
      2, 24, 35, 47, 66, 82, 97, 113, 132, 160, 201, 279, 363, 487, 582, 673, 1024, 1024,
    ],
    rankCorrelation: 0.12,
    source: "openshift-psap/performance-dashboard@71007029 datasets/summaries",
    date: "2026-11-22",
  },
  {
    name: "mlperf-deepseek-r1",
    description: "MLPerf inference, DeepSeek R1: reasoning",
    requests: 4388,
    probabilities,
    inputTokens: [
      52, 73, 100, 124, 231, 759, 865, 902, 952, 1037, 1141, 1281, 1312, 1358, 1432, 1479, 1682,
      3140,
    ],
    outputTokens: [
      209, 356, 502, 627, 867, 1157, 1598, 2194, 3038, 4217, 5950, 9477, 13854, 19114, 32768, 32768,
      32768, 32768,
    ],
    rankCorrelation: -0.343,
    source: "openshift-psap/performance-dashboard@71007029 datasets/summaries",
    date: "2026-11-22",
  },
  {
    name: "mlperf-llama3.1-8b",
    description:
      "MLPerf inference, Llama 3.1 8B: summaries of news; output lengths are characters divided by four",
    requests: 13368,
    probabilities,
    inputTokens: [
      79, 237, 327, 391, 497, 594, 688, 784, 898, 1025, 1206, 1479, 1750, 1984, 2118, 2217, 2324,
      2540,
    ],
    outputTokens: [13, 31, 43, 50, 54, 64, 71, 74, 84, 91, 105, 123, 140, 163, 180, 197, 245, 2135],
    rankCorrelation: 0.328,
    uncertain: ["outputTokens"],
    source: "openshift-psap/performance-dashboard@71007029 datasets/summaries",
    date: "2026-11-22",
  },
  {
    name: "servegen-large",
    description:
      "Alibaba Cloud, large general model, two weeks; 55 of the largest client files are missing",
    source: "alibaba/ServeGen@f891d118 data/ (part of the clients)",
    date: "2026-11-22",
    requests: 236892827,
    probabilities: [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1],
    inputTokens: [60, 60, 64, 74, 262, 601, 1073, 2371, 2404, 5452, 12730, 12730],
    outputTokens: [1, 1, 1, 1, 8, 53, 208, 461, 539, 872, 1595, 1595],
    rankCorrelation: 0,
    uncertain: ["requests", "rankCorrelation", "quantiles below 0.01 and above 0.999"],
  },
  {
    name: "servegen-mid",
    description:
      "Alibaba Cloud, mid-size general model; 55 of the largest client files are missing",
    source: "alibaba/ServeGen@f891d118 data/ (part of the clients)",
    date: "2026-11-22",
    requests: 2165253970,
    probabilities: [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1],
    inputTokens: [30, 30, 133, 135, 144, 173, 248, 645, 864, 2583, 5310, 5310],
    outputTokens: [1, 1, 4, 9, 16, 34, 61, 95, 131, 397, 948, 948],
    rankCorrelation: 0,
    uncertain: ["requests", "rankCorrelation", "quantiles below 0.01 and above 0.999"],
  },
  {
    name: "servegen-small",
    description: "Alibaba Cloud, small general model; 55 of the largest client files are missing",
    source: "alibaba/ServeGen@f891d118 data/ (part of the clients)",
    date: "2026-11-22",
    requests: 1420558786,
    probabilities: [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1],
    inputTokens: [18, 18, 19, 19, 20, 40, 53, 322, 573, 1478, 2998, 2998],
    outputTokens: [1, 1, 1, 1, 2, 3, 10, 44, 71, 142, 269, 269],
    rankCorrelation: 0,
    uncertain: ["requests", "rankCorrelation", "quantiles below 0.01 and above 0.999"],
  },
  {
    name: "servegen-deepseek-r1",
    description:
      "Alibaba Cloud, DeepSeek R1 reasoning, one day; 55 of the largest client files are missing",
    source: "alibaba/ServeGen@f891d118 data/ (part of the clients)",
    date: "2026-11-22",
    requests: 1383669,
    probabilities: [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1],
    inputTokens: [9, 9, 13, 18, 41, 208, 482, 2092, 6714, 23423, 33783, 33783],
    outputTokens: [141, 141, 225, 287, 427, 792, 1499, 3432, 5701, 12607, 20833, 20833],
    rankCorrelation: 0,
    uncertain: ["requests", "rankCorrelation", "quantiles below 0.01 and above 0.999"],
  },
];
