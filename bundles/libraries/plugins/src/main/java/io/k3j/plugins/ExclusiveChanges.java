package io.k3j.plugins;

import io.k3j.featuremodel.ChangePlan;
import io.k3j.featuremodel.FeatureChanges;
import io.k3j.featuremodel.Transaction.StepFailed;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ConsumerType;

/// The right to change what runs, which one has at a time. Implemented by whoever makes the changes of operators as
/// well, one instance; called by the thread that looks at the plug-in directory, and by the one of the start before it.
@ConsumerType
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
