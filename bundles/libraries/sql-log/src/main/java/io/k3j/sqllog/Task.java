package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// A step waiting for its turn between two groups.
final class Task {
    final String what;
    final LogWriter.Step step;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable DatastoreUnavailable failure;

    Task(String what, LogWriter.Step step) {
        this.what = what;
        this.step = step;
    }

    /// Performed when `why` is null. Once.
    void done(@Nullable DatastoreUnavailable why) {
        failure = why;
        over.countDown();
    }

    /// Waits until the step was performed or refused; an interrupt is kept for later.
    ///
    /// @throws DatastoreUnavailable when it was not performed
    void await() {
        boolean interrupted = false;
        while (true) {
            try {
                over.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        DatastoreUnavailable why = failure;
        if (why != null) {
            throw why;
        }
    }
}
