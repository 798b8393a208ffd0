package io.k3j.authwebhook;

import io.k3j.componentapi.HealthScope;
import java.util.Map;
import java.util.TreeMap;

/// Tells which webhooks fail and what is wrong with the file, once for each change. Any thread.
final class AuthorizationHealth {
    private static final System.Logger LOG = System.getLogger("io.k3j.authwebhook");
    private static final String FILE = "";
    private final HealthScope scope;
    private final Map<String, String> troubles = new TreeMap<>();

    AuthorizationHealth(HealthScope scope) {
        this.scope = scope;
    }

    /// Everything is there.
    synchronized void begin() {
        report();
    }

    /// A webhook cannot be asked.
    synchronized void failing(String name, String why) {
        if (troubles.put(name, "authorizer \"" + name + "\": " + why) == null) {
            LOG.log(System.Logger.Level.WARNING, "Failed to make webhook authorizer request name={0} error={1}", name,
                    why);
            report();
        }
    }

    /// It can.
    synchronized void well(String name) {
        if (troubles.remove(name) != null) {
            report();
        }
    }

    /// What is wrong with the file now; empty: nothing.
    synchronized void file(String trouble) {
        if (trouble.isEmpty()) {
            well(FILE);
        } else {
            troubles.put(FILE, trouble);
            report();
        }
    }

    private void report() {
        if (troubles.isEmpty()) {
            scope.ok();
        } else {
            scope.degraded(troubles.values().iterator().next());
        }
    }
}
