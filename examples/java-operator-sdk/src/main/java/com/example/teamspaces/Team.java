package com.example.teamspaces;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;

/// A team, which has a namespace of its name.
@Group("teams.example.com")
@Version("v1")
public final class Team extends CustomResource<Team.Spec, Team.Status> {
    private static final long serialVersionUID = 1;

    /// What is wanted.
    ///
    /// @param pods how many the namespace may have at most
    public record Spec(int pods) {
    }

    /// What is.
    ///
    /// @param namespace the one it has; empty when it has none
    /// @param trouble why it has none; empty when it has
    public record Status(String namespace, String trouble) {
    }

    @Override
    protected Spec initSpec() {
        return null;
    }

    @Override
    protected Status initStatus() {
        return null;
    }
}
