package io.k3j.apicontributions;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.Phases;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.condition.Condition;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/// Follows which plug-ins had a say in requests and do not run ([Components#MISSED]): they are missed among
/// [Contributions], although this server has never seen what they contributed. Called by the framework's threads.
final class MissedOwners implements ServiceTrackerCustomizer<Condition, String>, AutoCloseable {
    private static final String FILTER = "(&(objectClass=" + Condition.class.getName() + ")(" + Phases.ID + "="
            + Components.MISSED + "*))";
    private final Contributions contributions;
    private final ServiceTracker<Condition, String> tracker;
    private volatile boolean frozen;

    MissedOwners(BundleContext context, Contributions contributions) {
        this.contributions = contributions;
        try {
            this.tracker = new ServiceTracker<>(context, FrameworkUtil.createFilter(FILTER), this);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Takes in what there is, and goes on following.
    void open() {
        tracker.open();
    }

    @Override
    public @Nullable String addingService(ServiceReference<Condition> reference) {
        if (frozen || !(reference.getProperty(Phases.ID) instanceof String id)) {
            return null;
        }
        String owner = id.substring(Components.MISSED.length());
        tell(owner, Stream.concat(Stream.of(reference), others(owner)));
        return owner;
    }

    /// Two files may have held a bundle of the same name: what either is missed for is missed.
    private Stream<ServiceReference<Condition>> others(String owner) {
        return tracker.getTracked().entrySet().stream().filter(one -> one.getValue().equals(owner))
                .map(Map.Entry::getKey);
    }

    @Override
    public void modifiedService(ServiceReference<Condition> reference, String owner) {
        addingService(reference);
    }

    @Override
    public void removedService(ServiceReference<Condition> reference, String owner) {
        if (!frozen) {
            tell(owner, others(owner));
        }
    }

    private void tell(String owner, Stream<ServiceReference<Condition>> conditions) {
        Set<String> missed = conditions.flatMap(MissedOwners::services).collect(Collectors.toSet());
        contributions.authenticators().told(owner, missed.contains(Authenticator.class.getName()));
        contributions.authorizers().told(owner, missed.contains(Authorizer.class.getName()));
        contributions.admissions().told(owner, missed.contains(Admission.class.getName()));
        contributions.signal().raise();
    }

    private static Stream<String> services(ServiceReference<Condition> condition) {
        return condition.getProperty(Components.MISSED_SERVICES) instanceof String[] types ? Stream.of(types)
                : Stream.empty();
    }

    /// What is missed now is missed to the end of this server: it lets nothing pass while it ends.
    void freeze() {
        frozen = true;
    }

    @Override
    public void close() {
        freeze();
        tracker.close();
    }
}
