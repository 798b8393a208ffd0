package io.k3j.junit;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/// Starts the cluster that [K3jCluster] asks for before the first test of the class, and gives it or clients of it to
/// whoever has a parameter for them. JUnit closes what it started: clients with the test, clusters with the class or
/// the run.
public final class K3jExtension implements BeforeAllCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(K3jExtension.class);

    /// For JUnit.
    public K3jExtension() {
        // nothing is kept here
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        cluster(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == RunningCluster.class || ClientKind.of(type).isPresent();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        RunningCluster cluster = cluster(context);
        return ClientKind.of(type).<Object>map(kind -> context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(kind, k -> k.client(cluster.kubeconfig()), ClientKind.Client.class).client())
                .orElse(cluster);
    }

    /// A nested class has the cluster of the class around it, unless it asks for one itself.
    private static RunningCluster cluster(ExtensionContext context) {
        ExtensionContext at = context;
        while (at.getTestClass().isPresent()) {
            Optional<K3jCluster> asked = at.getElement().filter(Class.class::isInstance)
                    .flatMap(tested -> AnnotationSupport.findAnnotation(tested, K3jCluster.class));
            if (asked.isPresent()) {
                return cluster(asked.get(), at);
            }
            at = at.getParent().orElseThrow();
        }
        throw new ParameterResolutionException("no @K3jCluster on " + context.getRequiredTestClass().getName());
    }

    private static RunningCluster cluster(K3jCluster asked, ExtensionContext tested) {
        ExtensionContext home = asked.sharing() == K3jCluster.Sharing.RUN ? tested.getRoot() : tested;
        Function<ClusterSpec, RunningCluster> start = K3jExtension::start;
        return home.getStore(NAMESPACE).getOrComputeIfAbsent(ClusterSpec.of(asked), start, RunningCluster.class);
    }

    private static RunningCluster start(ClusterSpec spec) {
        try {
            return RunningCluster.start(spec);
        } catch (IOException e) {
            throw new IllegalStateException("cannot start a cluster: " + e.getMessage(), e);
        }
    }
}
