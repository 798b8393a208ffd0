package io.k3j.componentapi;

import org.osgi.annotation.versioning.ProviderType;

/// Where one component reports its health. Any thread may report; reports never block and the last one
/// counts. Saying the same again is free and is not logged again.
@ProviderType
public interface HealthScope extends AutoCloseable {
    /// Replaces the report. A change of level is logged; going to [HealthLevel#DEGRADED] as a warning.
    void report(HealthLevel level, String message);

    /// Same as reporting [HealthLevel#OK] without a message.
    default void ok() {
        report(HealthLevel.OK, "");
    }

    /// Same as reporting [HealthLevel#DEGRADED].
    default void degraded(String message) {
        report(HealthLevel.DEGRADED, message);
    }

    /// Forgets the component. Happens by itself when the bundle stops.
    @Override
    void close();
}
