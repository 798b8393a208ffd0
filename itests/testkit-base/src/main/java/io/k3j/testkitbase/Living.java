package io.k3j.testkitbase;

/// What must go on while something is waited for: a program, mostly.
public interface Living {
    /// Whether it has not ended.
    boolean running();

    /// What a test fails with because of it: what it is, `what` it did, and the end of its log.
    AssertionError failure(String what);
}
