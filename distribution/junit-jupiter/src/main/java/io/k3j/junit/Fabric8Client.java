package io.k3j.junit;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;

/// A client of fabric8.
/// @param client it
record Fabric8Client(KubernetesClient client) implements ClientKind.Client {
    static Fabric8Client of(String kubeconfig) {
        return new Fabric8Client(new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build());
    }

    @Override
    public void close() {
        client.close();
    }
}
