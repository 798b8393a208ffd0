package io.k3j.conformance;

/// How one of upstream's tests ended.
///
/// @param name as upstream spells it, with its labels
/// @param state passed, failed or skipped
/// @param why its message: of a failure, or of what it skipped itself for; else empty
record Result(String name, State state, String why) {
    /// What upstream's report distinguishes.
    enum State {
        PASSED, FAILED, SKIPPED
    }
}
