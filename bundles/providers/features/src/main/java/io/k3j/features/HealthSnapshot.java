package io.k3j.features;

import io.k3j.componentapi.HealthReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/// The health of a bundle at one moment.
///
/// @param active whether the bundle is started
/// @param scopes its health scopes by level
/// @param satisfied the components that are satisfied
/// @param declared all components it declares
/// @param faults failures that waiting will not repair, one sentence each
record HealthSnapshot(boolean active, Scopes scopes, Set<String> satisfied, Set<String> declared,
        List<String> faults) {
    /// Names of health scopes.
    record Scopes(Set<String> ok, Set<String> starting, Set<String> degraded) {
        Scopes() {
            this(new HashSet<>(), new HashSet<>(), new HashSet<>());
        }
    }

    /// Of nothing that runs: everything is as well as this.
    static HealthSnapshot none() {
        return new HealthSnapshot(false, new Scopes(), Set.of(), Set.of(), List.of());
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
        Set<String> satisfied = new HashSet<>();
        Set<String> declared = new HashSet<>();
        for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs(bundle)) {
            declared.add(component.name);
            for (ComponentConfigurationDTO configuration : runtime.getComponentConfigurationDTOs(component)) {
                switch (configuration.state) {
                    case ComponentConfigurationDTO.SATISFIED, ComponentConfigurationDTO.ACTIVE ->
                        satisfied.add(component.name);
                    case ComponentConfigurationDTO.FAILED_ACTIVATION ->
                        faults.add(component.name + " failed: " + firstLine(configuration.failure));
                    default -> {
                        // it waits for a dependency, possibly as its predecessor does
                    }
                }
            }
        }
        return new HealthSnapshot(bundle.getState() == Bundle.ACTIVE, scopes, satisfied, declared, faults);
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
        before.satisfied.stream().filter(name -> declared.contains(name) && !satisfied.contains(name))
                .forEach(name -> missing.add("component " + name));
        if (scopes.ok.size() < before.scopes.ok.size() || anyDegraded(before)) {
            before.scopes.ok.stream().filter(name -> !scopes.ok.contains(name))
                    .forEach(name -> missing.add("health " + name));
        }
        scopes.starting.stream().filter(name -> !before.scopes.starting.contains(name))
                .forEach(name -> missing.add("health " + name));
        return missing;
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
