package io.k3j.cel;

import io.k3j.celapi.Cel;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEnvironment;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/// The engine as a service. Nothing of cel-java is loaded before the first environment is asked for.
@Component(service = Cel.class)
public final class CelService implements Cel {
    private final LongSupplier nanos;
    private @Nullable Engine engine;

    /// Used by Declarative Services.
    public CelService() {
        this(System::nanoTime);
    }

    /// @param nanos a monotonic clock
    public CelService(LongSupplier nanos) {
        this.nanos = nanos;
    }

    @Override
    public CelEnvironment environment(CelDeclarations declarations) {
        return new DeclaredEnvironment(engine(), declarations, nanos);
    }

    private synchronized Engine engine() {
        Engine made = engine;
        if (made == null) {
            made = new Engine();
            engine = made;
        }
        return made;
    }
}
