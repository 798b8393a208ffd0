package io.k3j.componentapi;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/// The health of all components of this process.
///
/// **Who.** `features` implements it, one instance per using bundle; every component may use it.
///
/// **Guarantees.**
/// 1. A scope begins at [HealthLevel#STARTING].
/// 2. A bundle's scopes end with the bundle.
/// 3. A swap waits until every scope of the new bundle says [HealthLevel#OK], and goes back when one
///    says [HealthLevel#STOPPED] or when they do not say OK in time. A bundle without a scope is healthy
///    when it is active and all its components that are enabled and have their configuration are satisfied.
///
/// **Threads.** Any; nothing blocks.
@ProviderType
public interface Health {
    /// The place where `component` reports; the same one when asked again by the same bundle.
    HealthScope scope(String component);

    /// Everybody's last report, by name.
    List<HealthReport> reports();

    /// Nobody listens: for commands outside a framework.
    static Health none() {
        return new Health() {
            @Override
            public HealthScope scope(String component) {
                return new HealthScope() {
                    @Override
                    public void report(HealthLevel level, String message) {
                        // nobody listens
                    }

                    @Override
                    public void close() {
                        // nothing to forget
                    }
                };
            }

            @Override
            public List<HealthReport> reports() {
                return List.of();
            }
        };
    }
}
