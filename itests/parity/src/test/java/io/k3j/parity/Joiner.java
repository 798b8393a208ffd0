package io.k3j.parity;

import io.k3j.clusteragreement.Agreement;
import io.k3j.clusteragreement.Members;
import io.k3j.clusteragreement.Parity;
import io.k3j.clusteragreement.ServerJoin;
import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// A server that wants to join a running one, as far as it gets without a process: it asks what a server asks, and
/// compares as a server does.
///
/// @param directory where its files would be
/// @param server the address of the one that runs
/// @param token of the servers
record Joiner(Path directory, String server, String token) {
    private Agreement cluster(String told) {
        return Agreement.of(Json.object(told.getBytes(StandardCharsets.UTF_8)).struct("values"));
    }

    /// Tries to join with what the cluster has agreed on, but for `--disable`.
    /// @param told what servers of the cluster say they have agreed on
    /// @param words of `--disable`, with commas
    /// @return why it does not become a server; where the flags fit that is the datastore, which it cannot share
    String refusal(String told, String words) {
        Agreement mine = cluster(told).with("disable", Agreement.normal("disable", words));
        try {
            new ServerJoin(new ServerLayout(directory), settings(), new Parity.Mine("joiner", mine, Map.of(), false,
                    new Members.Kind(false, "")), Struct.EMPTY).join();
            return "";
        } catch (IOException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private SupervisorSettings settings() {
        Map<String, Object> values = Map.of("server", server, "token", token, "nodeName", "joiner");
        return (SupervisorSettings) Proxy.newProxyInstance(SupervisorSettings.class.getClassLoader(),
                new Class<?>[] {SupervisorSettings.class},
                (proxy, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue()));
    }
}
