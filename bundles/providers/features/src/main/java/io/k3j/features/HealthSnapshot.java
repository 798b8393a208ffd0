package io.k3j.features;

import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.Phases;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/// The health of a bundle at one moment.
///
/// @param active whether the bundle is started
/// @param scopes its health scopes by level
/// @param parts its components
/// @param faults failures that waiting will not repair, one sentence each
record HealthSnapshot(boolean active, Scopes scopes, Parts parts, List<String> faults) {
    private static final String LEADING = "(" + Phases.ID + "=" + Phases.LEADER;

    /// Names of health scopes.
    record Scopes(Set<String> ok, Set<String> starting, Set<String> degraded) {
        Scopes() {
            this(new HashSet<>(), new HashSet<>(), new HashSet<>());
        }
    }

    /// Names of components.
    ///
    /// @param declared all there are
    /// @param satisfied those that lack nothing
    /// @param standby those that lack nothing but the lead, which another server has
    record Parts(Set<String> declared, Set<String> satisfied, Set<String> standby) {
        Parts() {
            this(new HashSet<>(), new HashSet<>(), new HashSet<>());
        }
    }

    /// Of nothing that runs: everything is as well as this.
    static HealthSnapshot none() {
        return new HealthSnapshot(false, new Scopes(), new Parts(), List.of());
    }

    static HealthSnapshot of(Bundle bundle, HealthBoard health, ServiceComponentRuntime runtime) {
        Scopes scopes = new Scopes();
        List<String> faults = new ArrayList<>();
        for (HealthReport report : health.of(bundle.getBundleId())) {
            switch (report.level()) {
                case OK -> scopes.ok.add(report.component());
                case STARTING -> scopes.starting.add(report.component());
                case DEGRADED -> scopes.degraded.add(report.component());
                case STOPPED -> faults.add(report.component() + " stopped: " + report.message());
            }
        }
        Parts parts = new Parts();
        for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs(bundle)) {
            parts.declared.add(component.name);
            for (ComponentConfigurationDTO configuration : runtime.getComponentConfigurationDTOs(component)) {
                switch (configuration.state) {
                    case ComponentConfigurationDTO.SATISFIED, ComponentConfigurationDTO.ACTIVE ->
                        parts.satisfied.add(component.name);
                    case ComponentConfigurationDTO.FAILED_ACTIVATION ->
                        faults.add(component.name + " failed: " + firstLine(configuration.failure));
                    case ComponentConfigurationDTO.UNSATISFIED_REFERENCE -> {
                        if (lacksTheLead(configuration.unsatisfiedReferences)) {
                            parts.standby.add(component.name);
                        }
                    }
                    default -> {
                        // it waits for a configuration, possibly as its predecessor does
                    }
                }
            }
        }
        return new HealthSnapshot(bundle.getState() == Bundle.ACTIVE, scopes, parts, faults);
    }

    private static boolean lacksTheLead(UnsatisfiedReferenceDTO @Nullable [] lacking) {
        return lacking != null && lacking.length > 0 && Stream.of(lacking)
                .allMatch(reference -> reference.target != null && reference.target.startsWith(LEADING));
    }

    /// Whether everything healthy before is healthy now, without faults.
    boolean asWellAs(HealthSnapshot before) {
        return faults.isEmpty() && missing(before).isEmpty();
    }

    /// What keeps it from being as well as before. A component that the new one does not declare any more is not
    /// missed; nor is a health scope when there are as many others instead: they bear new names. One that the old one
    /// did not have is awaited as long as it says STARTING.
    Set<String> missing(HealthSnapshot before) {
        Set<String> missing = new TreeSet<>();
        if (!active) {
            missing.add("bundle");
        }
        unsatisfied(before).forEach(name -> missing.add("component " + name));
        if (scopes.ok.size() < before.scopes.ok.size() || anyDegraded(before)) {
            before.scopes.ok.stream().filter(name -> !scopes.ok.contains(name))
                    .forEach(name -> missing.add("health " + name));
        }
        scopes.starting.stream().filter(name -> !before.scopes.starting.contains(name))
                .forEach(name -> missing.add("health " + name));
        return missing;
    }

    /// The components that were satisfied before, are declared still, and are not satisfied now.
    private Set<String> unsatisfied(HealthSnapshot before) {
        Set<String> names = new TreeSet<>(before.parts.satisfied);
        names.retainAll(parts.declared);
        names.removeAll(parts.satisfied);
        return names;
    }

    /// Whether nothing keeps it from being as well as before but the lead, which its predecessor had and this server
    /// has not any more. Health scopes that are not there are those of the components that wait for it.
    boolean standsBy(HealthSnapshot before) {
        Set<String> waiting = unsatisfied(before);
        return active && faults.isEmpty() && !waiting.isEmpty() && parts.standby.containsAll(waiting)
                && !anyDegraded(before) && before.scopes.starting.containsAll(scopes.starting);
    }

    private boolean anyDegraded(HealthSnapshot before) {
        return !worse(before).isEmpty();
    }

    /// The scopes that were well before and are degraded now.
    Set<String> worse(HealthSnapshot before) {
        Set<String> worse = new TreeSet<>(scopes.degraded);
        worse.retainAll(before.scopes.ok);
        return worse;
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }
}
