package io.k3j.helmcontroller;

import io.k3j.model.Struct;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/// Where Helm finds a chart. Only what comes over the network or from the object itself: this machine's files are no
/// charts, whatever a HelmChart says. A value; pure.
///
/// @param chart what Helm is told: an address, `REPOSITORY/CHART`, or [#FILE]
/// @param repository its address, empty for none
/// @param content the archive itself, empty for none
record ChartSource(String chart, String repository, byte[] content) {
    /// The archive's name beside the request.
    static final String FILE = "chart.tgz";
    private static final List<String> SCHEMES = List.of("http://", "https://", "oci://");
    private static final String STABLE = "stable/";

    /// Of a HelmChart's spec.
    ///
    /// @param name the HelmChart's
    /// @param server what `%{KUBERNETES_API}%` stands for, as `host:port`
    /// @throws ChartRefused when there is no such place
    static ChartSource of(String name, Struct spec, String server) {
        if (!spec.text("chartContent").isEmpty()) {
            return new ChartSource(FILE, "", decoded(spec.text("chartContent")));
        }
        String chart = spec.text("chart").replace("%{KUBERNETES_API}%", server);
        String repository = spec.text("repo").replace("%{KUBERNETES_API}%", server);
        if (SCHEMES.stream().anyMatch(chart.toLowerCase(Locale.ROOT)::startsWith)) {
            return new ChartSource(chart, "", new byte[0]);
        }
        boolean stable = repository.isEmpty() && chart.startsWith(STABLE);
        if (stable) {
            return new ChartSource(named(chart.substring(STABLE.length()), "stable"), "https://charts.helm.sh/stable/",
                    new byte[0]);
        }
        if (repository.isEmpty()) {
            throw new ChartRefused("InvalidChart", "spec.chart " + chart + " is no address and spec.repo is empty; set"
                    + " spec.repo, or write the chart with https:// or oci://");
        }
        if (!repository.startsWith("http://") && !repository.startsWith("https://")) {
            throw new ChartRefused("InvalidRepository", "spec.repo " + repository + " begins with neither https:// nor"
                    + " http://; a chart of an OCI registry is named by spec.chart alone");
        }
        return new ChartSource(named(chart, name), repository, new byte[0]);
    }

    /// What has more than one part, or goes up, could be a file for Helm.
    private static String named(String chart, String repository) {
        boolean plain = !chart.isEmpty() && chart.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c)
                || c == '-' || c == '_' || c == '.' || c == '/');
        if (!plain || chart.startsWith("/") || chart.startsWith(".") || chart.contains("..")) {
            throw new ChartRefused("InvalidChart", "spec.chart " + chart + " is no name of a chart in a repository");
        }
        return repository + "/" + chart;
    }

    private static byte[] decoded(String content) {
        try {
            return Base64.getMimeDecoder().decode(content);
        } catch (IllegalArgumentException broken) {
            throw new ChartRefused("InvalidChart", "spec.chartContent is no base64: " + broken.getMessage());
        }
    }
}
