package io.k3j.resourcescrd;

import io.k3j.admissioncel.BoundEngine;
import io.k3j.clientapi.ApiFault;
import io.k3j.metricstext.CustomResourceMetrics;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// By what rules are compiled and evaluated, and for how long. Any thread.
///
/// @param bound the engine, null while there is none
/// @param nanos a clock as `System::nanoTime`
record RuleEngine(Supplier<@Nullable BoundEngine> bound, LongSupplier nanos, CustomResourceMetrics metrics) {
    /// So long the rules of a schema are compiled within one request; what is compiled then is kept. 5000 of them take
    /// a few seconds.
    static final Duration COMPILING = Duration.ofSeconds(20);
    /// So long all rules of one object are evaluated: what upstream's costs allow takes about a second.
    static final Duration EVALUATING = Duration.ofSeconds(10);

    /// The engine there is. Fails closed.
    ///
    /// @param what cannot be done without it
    /// @throws ApiFault 503 while there is none
    BoundEngine required(String what) {
        BoundEngine engine = bound.get();
        if (engine == null) {
            throw ApiFault.unavailable(what + ": the bundle io.k3j.cel is being replaced or was switched off; try"
                    + " again");
        }
        return engine;
    }

    /// True from a time on.
    BooleanSupplier after(Duration limit) {
        long end = nanos.getAsLong() + limit.toNanos();
        return () -> nanos.getAsLong() - end >= 0;
    }
}
