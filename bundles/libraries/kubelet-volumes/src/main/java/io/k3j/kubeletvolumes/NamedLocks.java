package io.k3j.kubeletvolumes;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/// A lock for each of any number of things. Things that share a lock wait for each other; one thread holds the lock of
/// one thing only, or those of another object of this class besides, always in the same order.
final class NamedLocks {
    /// More than pods that start at once on a busy node.
    private static final int LOCKS = 64;
    private final List<Lock> locks = IntStream.range(0, LOCKS).<Lock>mapToObj(i -> new ReentrantLock()).toList();

    /// What is done under a lock.
    interface Work {
        void run() throws IOException;
    }

    private Lock of(Object thing) {
        return locks.get(Math.floorMod(thing.hashCode(), LOCKS));
    }

    /// Waits for the lock, which no interrupt cuts short.
    void hold(Object thing, Work work) throws IOException {
        Lock lock = of(thing);
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    /// Does nothing when somebody else has the lock now.
    void holdIfFree(Object thing, Work work) throws IOException {
        Lock lock = of(thing);
        if (lock.tryLock()) {
            try {
                work.run();
            } finally {
                lock.unlock();
            }
        }
    }
}
