package io.k3j.celapi;

import org.osgi.annotation.versioning.ProviderType;

/// Some declarations, ready to compile with. Made by [Cel]; any thread.
@ProviderType
public interface CelEnvironment {
    /// Compiles an expression.
    /// @param wanted the types its result may have; none: any. Where the type is only known when it is
    ///     evaluated (`dyn`),
    ///     it is taken, as upstream takes it
    CelCompilation compile(String expression, CelType... wanted);
}
