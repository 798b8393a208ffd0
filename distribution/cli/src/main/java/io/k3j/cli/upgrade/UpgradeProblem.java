package io.k3j.cli.upgrade;

import java.util.List;

/// The upgrade cannot be made, or was not; what ran before runs on or again, unless the message says otherwise. The
/// message is one line for each thing that is wrong: what, where, why, and what to type next.
public final class UpgradeProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// One thing is wrong.
    public UpgradeProblem(String problem) {
        super(problem);
    }

    /// One thing is wrong because of another.
    public UpgradeProblem(String problem, Throwable cause) {
        super(problem, cause);
    }

    /// Several things are wrong.
    public UpgradeProblem(List<String> problems) {
        super(String.join("\n", problems));
    }
}
