package io.k3j.agent;

import io.k3j.componentapi.HealthScope;
import java.lang.System.Logger.Level;

/// What an agent's health says of its servers: a trouble that is expected to pass, or that the cluster's settings are
/// not those the node has started with. Each is logged once. For one thread.
final class AgentHealth {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");

    private final HealthScope scope;
    private String trouble = "";
    private String change = "";

    AgentHealth(HealthScope scope) {
        this.scope = scope;
    }

    /// The node has joined. A trouble of before lasts until [#settled] all the same: what it kept from being asked is
    /// asked then.
    void joined() {
        scope.ok();
    }

    /// Tells a trouble, which lasts until [#settled].
    void trouble(String text) {
        scope.degraded(text);
        if (!text.equals(trouble)) {
            trouble = text;
            LOG.log(Level.WARNING, text);
        }
    }

    /// Whether a trouble lasts.
    boolean troubled() {
        return !trouble.isEmpty();
    }

    /// Whether the cluster's settings were others when they were last compared.
    boolean changed() {
        return !change.isEmpty();
    }

    /// The servers answer, so no trouble lasts. That the cluster's settings have changed is told until they are as
    /// before.
    /// @param initial what the node has started with
    /// @param now what the cluster has
    void settled(ClusterConfig initial, ClusterConfig now) {
        trouble = "";
        String before = change;
        change = ClusterChange.between(initial, now);
        if (change.isEmpty()) {
            scope.ok();
            return;
        }
        String text = "the cluster's settings have changed since this node started: " + change
                + "; restart the agent to take them over";
        scope.degraded(text);
        if (!change.equals(before)) {
            LOG.log(Level.WARNING, text);
        }
    }
}
