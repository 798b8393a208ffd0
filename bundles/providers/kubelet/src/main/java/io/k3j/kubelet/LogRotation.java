package io.k3j.kubelet;

import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.nodeapi.Container;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// One round over the logs of all containers, some at once: `containerLogMaxWorkers` of a file. One thread at a time;
/// blocks until all of them are done.
final class LogRotation {
    private static final String WORKERS = "container-log-max-workers";
    private final int workers;
    private final Consumer<Container> rotate;

    /// @param rotate looks at the log of one container
    LogRotation(KubeletOptions options, Consumer<Container> rotate) {
        workers = Math.clamp(options.number(WORKERS, 1), 1, Integer.MAX_VALUE);
        this.rotate = rotate;
    }

    /// @throws RuntimeException that one of them has thrown, once all of them are done
    void round(List<Container> running) throws InterruptedException {
        if (workers == 1 || running.size() < 2) {
            running.forEach(rotate);
            return;
        }
        List<Callable<Boolean>> tasks = running.stream().map(this::task).toList();
        try (ExecutorService pool = Executors.newFixedThreadPool(Math.min(workers, running.size()),
                Thread.ofVirtual().name("log-rotation-", 0).factory())) {
            for (Future<Boolean> done : pool.invokeAll(tasks)) {
                if (done.state() == Future.State.FAILED) {
                    throw done.exceptionNow() instanceof RuntimeException e ? e
                            : new IllegalStateException(done.exceptionNow());
                }
            }
        }
    }

    private Callable<Boolean> task(Container container) {
        return () -> {
            rotate.accept(container);
            return true;
        };
    }
}
