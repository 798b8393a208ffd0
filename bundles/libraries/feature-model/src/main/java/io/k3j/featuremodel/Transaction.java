package io.k3j.featuremodel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Carries out a change step by step. Each step is journaled before it is made, and bounded in time by who makes it.
/// A step that fails before the change is recorded has all of them undone in reverse order; one that fails afterwards
/// is reported, and the rest is done all the same. One change at a time: the caller sees to it. Blocks.
public final class Transaction {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private final Journal journal;
    private final Hands hands;

    /// Makes steps.
    public interface Hands {
        /// Makes one, within a limit of its own.
        /// @throws StepFailed with the reason, when it was not made, or not in time
        void make(Step step) throws StepFailed, InterruptedException;
    }

    /// A step that was not made.
    public static final class StepFailed extends Exception {
        private static final long serialVersionUID = 1L;

        /// @param message the reason
        public StepFailed(String message) {
            super(message);
        }

        /// The same, with what was thrown.
        public StepFailed(String message, Throwable cause) {
            super(message, cause);
        }

        /// The reason.
        public String reason() {
            return String.valueOf(getMessage());
        }
    }

    /// @param journal is written before each step
    /// @param hands make the steps
    public Transaction(Journal journal, Hands hands) {
        this.journal = journal;
        this.hands = hands;
    }

    /// Makes the change, or undoes it.
    /// @return what failed after it was recorded, a sentence each
    /// @throws StepFailed when all is as it was; its message says so, or what is not
    /// @throws InterruptedException when this process ends: the next start finishes or undoes the change
    public List<String> run(ChangePlan change, Consumer<String> progress) throws StepFailed, InterruptedException {
        List<String> left = new ArrayList<>();
        for (int i = 0; i < change.steps().size(); i++) {
            Step step = change.steps().get(i);
            try {
                journal.note(change, (i + 1) + " of " + change.steps().size() + ": " + step.text());
                progress.accept(step.text());
                hands.make(step);
            } catch (StepFailed | FeatureProblem e) {
                if (i < change.committed()) {
                    throw undo(change, i, String.valueOf(e.getMessage()), progress);
                }
                left.add(step.text() + " failed: " + e.getMessage());
                LOG.log(System.Logger.Level.WARNING,
                        "Change is done, a step after it failed change={0} name={1} step={2}"
                                + " reason={3}",
                        change.what(), change.name(), step.text(), e.getMessage());
            }
        }
        journal.clear();
        return left;
    }

    /// Goes on when something cannot be undone: what can is.
    private StepFailed undo(ChangePlan change, int failed, String reason, Consumer<String> progress)
            throws InterruptedException {
        progress.accept("failed: " + reason + "; going back");
        List<String> left = new ArrayList<>();
        for (int i = failed; i >= 0; i--) {
            Step inverse = change.steps().get(i).inverse().orElse(null);
            if (inverse != null) {
                try {
                    hands.make(inverse);
                } catch (StepFailed | FeatureProblem e) {
                    left.add(inverse.text() + ": " + e.getMessage());
                }
            }
        }
        clear();
        return new StepFailed(left.isEmpty() ? reason : reason + "; going back failed as well: "
                + String.join("; ", left));
    }

    /// A disk that is full may be what the change failed of.
    private void clear() {
        try {
            journal.clear();
        } catch (FeatureProblem e) {
            LOG.log(System.Logger.Level.WARNING, "Journal stays until the next start error={0}", e.getMessage());
        }
    }
}
