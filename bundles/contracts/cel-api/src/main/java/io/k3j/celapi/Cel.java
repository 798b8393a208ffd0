package io.k3j.celapi;

import org.osgi.annotation.versioning.ProviderType;

/// The engine, an OSGi service.
///
/// *Who*: the bundle `cel` offers it; whoever holds expressions of users asks it. *Instances*: one, as long as the
/// bundle
/// runs. After a swap there is another one: programs of the old one go on working, and keep its code in memory
/// until they
/// are dropped. *Guarantees*: 1. nothing of the engine is loaded before the first call; 2. an expression takes
/// bounded
/// time and memory, whatever it says. *Threads*: any number; no call waits for anything but the processor. *Failure*:
/// what users can be wrong about is a result, never an exception.
@ProviderType
public interface Cel {
    /// What expressions can be compiled in. Making one costs a few milliseconds: make it once for all expressions
    /// that
    /// see the same variables, and drop it when they are compiled.
    /// @throws IllegalArgumentException when two types of one name differ, or a name is none a variable can have
    CelEnvironment environment(CelDeclarations declarations);
}
