package io.k3j.nodefiles;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// A lock for each of any number of things, there while somebody has it or waits for it: what is done to one thing may
/// take an hour, and no other waits for that. One thread holds the lock of one thing only, or those of another object
/// of this class besides, always in the same order.
public final class NamedLocks {
    private final Map<Object, Named> taken = new HashMap<>();

    /// Of nothing yet.
    public NamedLocks() {
        // nothing is taken
    }

    /// What is done under a lock.
    @FunctionalInterface
    public interface Work {
        /// Once, on the thread that has taken the lock.
        /// @throws IOException which the one who has taken the lock gets
        void run() throws IOException;
    }

    /// The lock of one thing.
    private static final class Named {
        private final ReentrantLock lock = new ReentrantLock();
        /// Who have it or wait for it.
        private int users;
    }

    /// Waits for the lock, which no interrupt cuts short.
    public void hold(Object thing, Work work) throws IOException {
        Named named = enter(thing);
        try {
            named.lock.lock();
            try {
                work.run();
            } finally {
                named.lock.unlock();
            }
        } finally {
            leave(thing, named);
        }
    }

    /// Does nothing when somebody else has the lock now.
    public void holdIfFree(Object thing, Work work) throws IOException {
        Named named = enter(thing);
        try {
            if (named.lock.tryLock()) {
                try {
                    work.run();
                } finally {
                    named.lock.unlock();
                }
            }
        } finally {
            leave(thing, named);
        }
    }

    private synchronized Named enter(Object thing) {
        Named named = taken.computeIfAbsent(thing, _ -> new Named());
        named.users++;
        return named;
    }

    private synchronized void leave(Object thing, Named named) {
        named.users--;
        if (named.users == 0) {
            taken.remove(thing);
        }
    }
}
