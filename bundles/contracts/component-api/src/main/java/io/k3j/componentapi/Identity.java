package io.k3j.componentapi;

import java.util.List;

/// Who a bundle is to the API server.
///
/// @param user a user name, for instance `system:kube-scheduler`
/// @param groups its groups beside `system:authenticated`
public record Identity(String user, List<String> groups) {
    /// Copies the list.
    public Identity {
        groups = List.copyOf(groups);
    }
}
