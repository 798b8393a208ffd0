package io.k3j.componentbase;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Calls of the kernel that may not come back, as of a file system whose server does not answer: each on a thread of
/// the operating system, which nothing interrupts there, so that who asks waits for a time that is known. While one has
/// not come back, no other is made for the same thing: there are as many such threads as there are things at most. Any
/// thread.
///
/// What is opened too late is closed by the thread that has opened it, and nobody sees it.
public final class KernelCalls {
    private static final System.Logger LOG = System.getLogger("io.k3j.componentbase");
    private final String name;
    private final Set<Object> underWay = ConcurrentHashMap.newKeySet();

    /// Has no thread but while a call is under way.
    ///
    /// @param name of the threads, 15 characters at most
    public KernelCalls(String name) {
        this.name = name;
    }

    /// What opens something. Whatever else it does must be harmless at any time: nobody knows when it is done.
    @FunctionalInterface
    public interface Opening<T extends AutoCloseable> {
        /// Once, on a thread of its own.
        /// @throws IOException which the one who has asked gets
        T open() throws IOException;
    }

    /// Waits for what is opened, `limit` at most.
    ///
    /// @param thing whose calls are made one after the other; compared with `equals`
    /// @return to be closed by the caller
    /// @throws IOException of the call; or when it has not come back, or an earlier one of the thing has not: then
    ///         nothing was asked
    public <T extends AutoCloseable> T open(Object thing, Duration limit, Opening<T> call) throws IOException {
        if (!underWay.add(thing)) {
            throw new IOException("its file system has not answered an earlier question yet");
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        begin(thing, () -> answer(thing, call, answer));
        try {
            return answer.orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS).get();
        } catch (InterruptedException e) {
            if (!answer.completeExceptionally(e)) {
                answer.thenAccept(KernelCalls::close);
            }
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while its file system was asked", e);
        } catch (ExecutionException e) {
            throw failure(e, limit);
        }
    }

    /// Where the system has no thread for it nothing is asked.
    private void begin(Object thing, Runnable asking) {
        try {
            Thread.ofPlatform().daemon().name(name).inheritInheritableThreadLocals(false).start(asking);
        } catch (Error e) {
            underWay.remove(thing);
            throw e;
        }
    }

    private static IOException failure(ExecutionException e, Duration limit) {
        if (e.getCause() instanceof TimeoutException) {
            return new IOException("its file system has not answered within " + limit.toSeconds() + " seconds", e);
        }
        if (e.getCause() instanceof RuntimeException mistake) {
            throw mistake;
        }
        return e.getCause() instanceof IOException told ? told : new IOException(e);
    }

    /// The thing is free before its caller hears of it, who may ask again at once.
    private <T extends AutoCloseable> void answer(Object thing, Opening<T> call, CompletableFuture<T> answer) {
        T found;
        try {
            found = call.open();
        } catch (IOException | RuntimeException | Error e) {
            underWay.remove(thing);
            answer.completeExceptionally(e);
            return;
        }
        underWay.remove(thing);
        if (!answer.complete(found)) {
            close(found);
        }
    }

    private static void close(AutoCloseable late) {
        try {
            late.close();
        } catch (Exception e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot close what came too late error={0}", e.getMessage());
        }
    }
}
