package io.k3j.features;

import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/// How a bundle is, seen from outside.
///
/// @param well the health scopes that say OK and the components that are satisfied
/// @param faults what will not become well by waiting, one sentence each
record Vitals(Set<String> well, List<String> faults) {
    static Vitals of(Bundle bundle, HealthBoard health, ServiceComponentRuntime runtime) {
        Set<String> well = new HashSet<>();
        List<String> faults = new ArrayList<>();
        if (bundle.getState() == Bundle.ACTIVE) {
            well.add("bundle");
        }
        for (HealthReport report : health.of(bundle.getBundleId())) {
            if (report.level() == HealthLevel.OK) {
                well.add("health " + report.component());
            } else if (report.level() == HealthLevel.STOPPED) {
                faults.add(report.component() + " stopped: " + report.message());
            }
        }
        for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs(bundle)) {
            for (ComponentConfigurationDTO configuration : runtime.getComponentConfigurationDTOs(component)) {
                switch (configuration.state) {
                    case ComponentConfigurationDTO.SATISFIED, ComponentConfigurationDTO.ACTIVE ->
                        well.add("component " + component.name);
                    case ComponentConfigurationDTO.FAILED_ACTIVATION ->
                        faults.add(component.name + " failed: " + firstLine(configuration.failure));
                    default -> {
                        // waits for something; perhaps its predecessor does too
                    }
                }
            }
        }
        return new Vitals(well, faults);
    }

    /// Whether everything that was well is well here, as far as both have it.
    boolean asWellAs(Vitals before) {
        return faults.isEmpty() && well.containsAll(before.well);
    }

    /// What is missing compared with `before`.
    Set<String> missing(Vitals before) {
        Set<String> missing = new HashSet<>(before.well);
        missing.removeAll(well);
        return missing;
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }
}
