package com.example.sharedconfig;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import java.util.Map;

/// Data that several namespaces have as a ConfigMap of this object's name.
@Group("config.example.com")
@Version("v1")
public final class SharedConfig extends CustomResource<SharedConfig.Spec, SharedConfig.Status> {
    private static final long serialVersionUID = 1;

    /// What is wanted.
    ///
    /// @param namespaces which have a copy
    /// @param data of each copy
    public record Spec(List<String> namespaces, Map<String, String> data) {
        /// What is not written is empty.
        public Spec {
            namespaces = namespaces == null ? List.of() : List.copyOf(namespaces);
            data = data == null ? Map.of() : Map.copyOf(data);
        }
    }

    /// What is.
    ///
    /// @param copies how many namespaces have the data as it is
    /// @param missing which have not, and why
    public record Status(int copies, List<String> missing) {
        /// What is not written is empty.
        public Status {
            missing = missing == null ? List.of() : List.copyOf(missing);
        }
    }

    @Override
    protected Spec initSpec() {
        return new Spec(List.of(), Map.of());
    }

    @Override
    protected Status initStatus() {
        return null;
    }
}
