/** An Output inside a template literal is an error in tests, where in a program it would yield a help text. */
process.env["PULUMI_ERROR_OUTPUT_STRING"] = "true";
