package io.k3j.plugins;

import io.k3j.featuremodel.ChangePlan;
import io.k3j.featuremodel.FeatureChanges;
import io.k3j.featuremodel.Transaction.StepFailed;
import java.util.List;
import java.util.function.Consumer;

/// The right to change what runs, which one has at a time.
///
/// **Who.** `features` implements it, one instance per process, by what makes the changes of operators and of trials as
/// well; this library calls it. **Guarantees.**
/// 1. No other change is made while an action runs, whoever asks for it.
/// 2. A change is made as a whole or undone, up to the step that records it; from there on it is finished.
/// 3. An end of the process in the midst of a change is made good by the next start.
///
/// **Threads.** Those that look at the plug-in directory, one after the other. **Blocking.** Until other changes are
/// made, and for as long as the steps take, of which each has a limit. **Failure.** A refusal has changed nothing.
public interface ExclusiveChanges {
    /// Something that is not to happen beside another change.
    ///
    /// @param <R> what comes of it
    interface Action<R> {
        /// Does it.
        /// @throws InterruptedException when this process ends
        R run() throws InterruptedException;
    }

    /// Runs an action when no other one runs. Blocks until then; the same thread may ask within an action.
    /// @throws io.k3j.componentapi.SwapRefused with the reason, whatever failed
    <R> R exclusively(Action<R> action);

    /// Makes a change, within an action.
    ///
    /// @param progress is told of each step
    /// @return what failed after it was recorded, a sentence each
    /// @throws StepFailed when all is as it was; its message says so, or what is not
    /// @throws InterruptedException when this process ends: the next start finishes or undoes the change
    List<String> run(ChangePlan change, Consumer<String> progress) throws StepFailed, InterruptedException;

    /// How features come and go.
    /// @throws io.k3j.componentapi.SwapRefused while the features that are wanted at the start are being started
    FeatureChanges features();
}
