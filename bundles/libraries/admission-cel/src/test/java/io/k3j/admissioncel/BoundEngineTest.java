package io.k3j.admissioncel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.cel.CelService;
import io.k3j.celapi.Cel;
import io.k3j.testkitbase.Waiting;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What an engine has compiled, and how long it is kept.
class BoundEngineTest {
    private final Cel cel = new CelService();

    @Test
    void whatIsCompiledIsKeptUntilAnotherEngineComes() {
        AtomicInteger compiled = new AtomicInteger();
        PerEngine<Integer> per = new PerEngine<>(c -> compiled.incrementAndGet());
        BoundEngine first = new BoundEngine(cel);
        BoundEngine second = new BoundEngine(new CelService());
        assertThat(List.of(per.by(first), per.by(first), per.by(second), per.by(first))).containsExactly(1, 1, 2, 1);
    }

    /// A writer may still hold the engine: what it compiles goes with it.
    @Test
    void whatAnEngineHasCompiledGoesWhenItIsUnbound() throws InterruptedException {
        EngineReference engines = new EngineReference();
        PerEngine<Object> per = new PerEngine<>(c -> new Object());
        engines.bind(cel);
        WeakReference<BoundEngine> engine = new WeakReference<>(engines.get());
        WeakReference<Object> compiled = new WeakReference<>(per.by(Objects.requireNonNull(engines.get())));
        engines.bind(new CelService());
        engines.unbind(cel);
        assertThat(engines.get()).as("the successor stays").isNotNull();
        Waiting.until("the engine is collected", () -> {
            System.gc();
            return engine.get() == null && compiled.get() == null;
        });
        assertThat(per).isNotNull();
    }

    @Test
    void whatNobodyKeepsGoesWhileItsEngineStays() throws InterruptedException {
        BoundEngine engine = new BoundEngine(cel);
        new PerEngine<>(c -> "x").by(engine);
        PerEngine<String> other = new PerEngine<>(c -> "y");
        Waiting.until("the first is collected", () -> {
            System.gc();
            other.by(engine);
            return engine.size() == 1;
        });
    }
}
