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

/// The health of a bundle at one moment.
///
/// @param well the health scopes that are OK and the components that are satisfied
/// @param faults failures that waiting will not repair, one sentence each
record HealthSnapshot(Set<String> well, List<String> faults) {
    static HealthSnapshot of(Bundle bundle, HealthBoard health, ServiceComponentRuntime runtime) {
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
                        // it waits for a dependency, possibly as its predecessor does
                    }
                }
            }
        }
        return new HealthSnapshot(well, faults);
    }

    /// Whether everything healthy before is healthy now, without faults.
    boolean asWellAs(HealthSnapshot before) {
        return faults.isEmpty() && well.containsAll(before.well);
    }

    /// What was healthy before and is not now.
    Set<String> missing(HealthSnapshot before) {
        Set<String> missing = new HashSet<>(before.well);
        missing.removeAll(well);
        return missing;
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }
}
