package io.k3j.features;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.resource.Namespace;

/// Says in five lines why a bundle cannot be resolved: what it requires, what there is instead, and what to type. The
/// framework's own message is a chain of filters.
final class ResolverReport {
    private final BundleContext context;

    ResolverReport(BundleContext context) {
        this.context = context;
    }

    /// The lines; five at most.
    List<String> lines(Bundle bundle) {
        BundleRevision revision = Objects.requireNonNull(bundle.adapt(BundleRevision.class), "has a revision");
        List<BundleRequirement> missing = revision.getDeclaredRequirements(null).stream()
                .filter(ResolverReport::mandatory).filter(this::isMissing).toList();
        String name = bundle.getSymbolicName() + " " + bundle.getVersion();
        if (missing.isEmpty()) {
            return List.of(name + " cannot be resolved",
                    "  all it requires is there by itself; what brings it does not resolve, or not together",
                    "  see the log (-v=4), and: k3s bundle ls -o wide");
        }
        BundleRequirement first = missing.getFirst();
        String required = attribute(first, Constants.FILTER_DIRECTIVE);
        List<String> lines = new ArrayList<>();
        lines.add(name + " cannot be resolved; " + missing.size() + " of what it requires "
                + (missing.size() == 1 ? "is" : "are") + " not here");
        lines.add("  requires: " + first.getNamespace() + " " + required);
        lines.add("  there is: " + offered(first));
        if (missing.size() > 1) {
            lines.add(
                    "  as well: " + String.join(", ", missing.stream().skip(1).map(ResolverReport::subject).toList()));
        }
        lines.add("  to do: " + advice(first));
        return lines;
    }

    private static boolean mandatory(BundleRequirement requirement) {
        String resolution = requirement.getDirectives().get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE);
        String effective = requirement.getDirectives().get(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE);
        boolean counts = effective == null || effective.equals(Namespace.EFFECTIVE_RESOLVE);
        return counts && !Namespace.RESOLUTION_OPTIONAL.equals(resolution) && !"dynamic".equals(resolution);
    }

    private boolean isMissing(BundleRequirement requirement) {
        return system().findProviders(requirement).isEmpty();
    }

    private FrameworkWiring system() {
        return context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
    }

    private static String attribute(BundleRequirement requirement, String directive) {
        return Objects.requireNonNullElse(requirement.getDirectives().get(directive), requirement.toString());
    }

    /// What a requirement is about: the value after its own namespace in the filter.
    private static String subject(BundleRequirement requirement) {
        String filter = attribute(requirement, Constants.FILTER_DIRECTIVE);
        String mark = "(" + requirement.getNamespace() + "=";
        int from = filter.indexOf(mark);
        int to = from < 0 ? -1 : filter.indexOf(')', from);
        return to < 0 ? filter : filter.substring(from + mark.length(), to);
    }

    /// Capabilities of the same name with other attributes.
    private String offered(BundleRequirement requirement) {
        String subject = subject(requirement);
        TreeSet<String> offers = new TreeSet<>();
        for (Bundle bundle : context.getBundles()) {
            BundleRevision revision = bundle.adapt(BundleRevision.class);
            if (revision != null) {
                for (BundleCapability offer : revision.getDeclaredCapabilities(requirement.getNamespace())) {
                    if (subject.equals(offer.getAttributes().get(requirement.getNamespace()))) {
                        offers.add(version(offer) + " from " + bundle.getSymbolicName());
                    }
                }
            }
        }
        return offers.isEmpty() ? "nobody offers " + subject : subject + " " + String.join(", ", offers);
    }

    private static String version(BundleCapability offer) {
        return String.valueOf(offer.getAttributes().getOrDefault(Constants.VERSION_ATTRIBUTE, "of no version"));
    }

    private static String advice(BundleRequirement requirement) {
        String subject = subject(requirement);
        if (requirement.getNamespace().equals(PackageNamespace.PACKAGE_NAMESPACE)) {
            return subject.startsWith("io.k3j.")
                    ? "build it against the contracts of this release, then: k3s bundle check JAR"
                    : "put the library into the jar (Bundle-ClassPath), or its bundle into <data-dir>/plugins";
        }
        return "put a bundle that offers it into <data-dir>/plugins, or take the requirement from the manifest";
    }
}
