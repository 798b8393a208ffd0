package com.example.teamspaces;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.UnaryOperator;

/// Tokens of a service account as its pods have them, of an hour, kept in memory only. Any thread; blocks while a token is
/// asked for.
final class ServiceAccountTokens implements OAuthTokenProvider {
    private static final Duration LIFETIME = Duration.ofHours(1);
    /// How long before its end a token is not used any more.
    private static final Duration MARGIN = Duration.ofMinutes(10);
    private final UnaryOperator<Struct> request;
    private final InstantSource clock;
    private String token = "";
    private Instant until = Instant.MIN;

    /// @param request answers a TokenRequest
    ServiceAccountTokens(UnaryOperator<Struct> request, InstantSource clock) {
        this.request = request;
        this.clock = clock;
    }

    /// The token of now, asked for anew before it ends.
    /// @throws KubernetesClientException when there is none to be had
    @Override
    public synchronized String getToken() {
        if (!clock.instant().isBefore(until)) {
            ask();
        }
        return token;
    }

    private void ask() {
        try {
            Struct answer = request.apply(Struct.of("apiVersion", "authentication.k8s.io/v1", "kind", "TokenRequest",
                    "spec", Struct.of("expirationSeconds", LIFETIME.toSeconds())));
            token = (String) answer.at("status", "token");
            until = Instant.parse((String) answer.at("status", "expirationTimestamp")).minus(MARGIN);
        } catch (ApiFault e) {
            throw new KubernetesClientException("there is no token: " + e.getMessage(), e);
        }
    }
}
