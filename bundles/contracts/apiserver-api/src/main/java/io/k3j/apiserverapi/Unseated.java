package io.k3j.apiserverapi;

import java.util.function.Consumer;

/// Where a request that is being worked on waits for somebody outside: others have its seats meanwhile. What is not
/// done for a request, or has no seat, waits as it is. Any thread.
public final class Unseated {
    private static final ScopedValue<Consumer<Runnable>> AWAY = ScopedValue.newInstance();

    private Unseated() {
    }

    /// Does what waits. Who calls it bounds how long, and how many wait at once.
    public static void run(Runnable work) {
        AWAY.orElse(Runnable::run).accept(work);
    }

    /// Works for a request that has seats, or has given them up.
    /// @param away does something while others have the seats
    public static <T, X extends Throwable> T in(Consumer<Runnable> away, ScopedValue.CallableOp<T, X> work) throws X {
        return ScopedValue.where(AWAY, away).call(work);
    }
}
