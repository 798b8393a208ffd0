package io.k3j.kubeletvolumes;

import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/// The volumes of a pod while they are prepared on a thread of their own, beside the pod's sandbox. For the pod's
/// thread, whose interruption ends both.
public final class VolumePreparation implements AutoCloseable {
    /// How long the thread has to end. A mount that is under way may take its time, and ends by itself.
    private static final Duration STOP = Duration.ofSeconds(2);
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private final CompletableFuture<Map<String, Path>> volumes = new CompletableFuture<>();
    private final Thread thread;

    /// Begins at once.
    ///
    /// @param pod its name, for the thread's
    /// @param preparing blocks; what it throws is thrown by [#await]
    public VolumePreparation(String pod, Supplier<Map<String, Path>> preparing) {
        thread = Thread.ofVirtual().name("volumes-" + pod).start(() -> {
            try {
                volumes.complete(preparing.get());
            } catch (RuntimeException | Error e) {
                // an Error too: the pod's worker waits for this until it is told
                volumes.completeExceptionally(e);
            }
        });
    }

    /// Waits for the volumes.
    ///
    /// @return their host paths by name
    /// @throws InterruptedIOException when the pod's thread is interrupted: nobody prepares them any more
    public Map<String, Path> await() throws InterruptedIOException {
        try {
            return volumes.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            stop(true);
            throw new InterruptedIOException("stopped while volumes were prepared");
        }
    }

    /// Waits until nobody prepares them any more, whether they are there or not.
    /// @throws InterruptedIOException as [#await]
    public void end() throws InterruptedIOException {
        try {
            await();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "Volumes not prepared for a pod without sandbox", e);
        }
    }

    /// Ends the preparation where it is still under way: nobody has waited for it.
    @Override
    public void close() {
        if (!volumes.isDone()) {
            boolean interrupted = Thread.interrupted();
            stop(interrupted);
        }
    }

    /// @param interrupted whether the pod's thread is, afterwards
    private void stop(boolean interrupted) {
        boolean again = interrupted;
        thread.interrupt();
        try {
            if (!thread.join(STOP)) {
                LOG.log(System.Logger.Level.WARNING, "Thread goes on after its interruption name={0}",
                        thread.getName());
            }
        } catch (InterruptedException e) {
            again = true;
        }
        if (again) {
            Thread.currentThread().interrupt();
        }
    }
}
