package io.k3j.controllerkit;

import io.k3j.clientapi.ApiFault;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Things to do of which none waits for another: what the API refuses of one keeps no other from being done. Any
/// thread.
public final class IndependentSteps {
    private @Nullable ApiFault first;

    /// None yet.
    public IndependentSteps() {
        // nothing was refused
    }

    /// Does one thing, or remembers why it could not be done. Anything but an `ApiFault` is thrown.
    public void make(Runnable one) {
        try {
            one.run();
        } catch (ApiFault fault) {
            refused(fault);
        }
    }

    /// Does the same thing with each of some, side by side as [SlowStart#all] has it, and waits for all; that some
    /// have not begun, since the thread was interrupted, is told as a refusal is. Anything but an `ApiFault` is thrown
    /// then.
    public <T> void each(List<T> some, Consumer<? super T> one) {
        make(() -> SlowStart.all(some.size(), i -> make(() -> one.accept(some.get(i)))));
    }

    private synchronized void refused(ApiFault fault) {
        first = first == null || first.namespaceTerminating() ? fault : first;
    }

    /// Why the first of them could not be done, null when all were. That their namespace goes is told only where
    /// nothing else is: it is nobody's concern.
    public synchronized @Nullable ApiFault fault() {
        return first;
    }

    /// Ends them.
    ///
    /// @throws ApiFault what [#fault] tells
    public void end() {
        @Nullable
        ApiFault fault = fault();
        if (fault != null) {
            throw fault;
        }
    }
}
