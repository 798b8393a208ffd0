package io.k3j.junit;

import java.util.Arrays;
import java.util.Optional;

/// The clients that tests can ask for. What makes one is loaded when one is asked for, so the others need not be there.
enum ClientKind {
    /// fabric8's.
    FABRIC8("io.fabric8.kubernetes.client.KubernetesClient") {
        @Override
        Client client(String kubeconfig) {
            return Fabric8Client.of(kubeconfig);
        }
    },
    /// The official one.
    OFFICIAL("io.kubernetes.client.openapi.ApiClient") {
        @Override
        Client client(String kubeconfig) {
            return OfficialClient.of(kubeconfig);
        }
    };

    private final String type;

    ClientKind(String type) {
        this.type = type;
    }

    /// A client, and what its end takes.
    interface Client extends AutoCloseable {
        /// It.
        Object client();

        @Override
        void close();
    }

    /// The kind a parameter of this type asks for.
    static Optional<ClientKind> of(Class<?> type) {
        return Arrays.stream(values()).filter(kind -> kind.type.equals(type.getName())).findAny();
    }

    /// A client of the cluster of this kubeconfig.
    abstract Client client(String kubeconfig);
}
