package io.k3j.celapi;

/// What came of compiling an expression.
public sealed interface CelCompilation {
    /// It can be evaluated.
    record Done(CelProgram program) implements CelCompilation {
    }

    /// It cannot, in upstream's words.
    /// @param detail what upstream's field error says, as `compilation failed: ERROR: <input>:1:1: undeclared
    ///     reference
    ///     to 'x' …` or `must evaluate to bool`
    record Failed(String detail) implements CelCompilation {
    }
}
