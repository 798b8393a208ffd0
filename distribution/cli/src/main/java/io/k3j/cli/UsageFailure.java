package io.k3j.cli;

import java.util.List;

/// The command cannot be carried out as it was given. Every problem is a sentence with what, where, why
/// and what to type instead.
final class UsageFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageFailure(String problem) {
        super(problem);
    }

    UsageFailure(List<String> problems) {
        super(String.join("\n", problems));
    }
}
