package io.k3j.junit;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;

/// A client of the official library.
/// @param client it
record OfficialClient(ApiClient client) implements ClientKind.Client {
    static OfficialClient of(String kubeconfig) {
        try {
            return new OfficialClient(
                    ClientBuilder.kubeconfig(KubeConfig.loadKubeConfig(new StringReader(kubeconfig))).build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        // its threads are daemons, and its connections end when they have been idle
        client.getHttpClient().connectionPool().evictAll();
    }
}
