package io.k3j.schedulerconfig;

import io.k3j.model.Struct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads the object of a file; all that is wrong is told, in upstream's words where it has some.
final class ConfigurationReader {
    private static final String API_VERSION = "kubescheduler.config.k8s.io/v1";
    private static final String KIND = "KubeSchedulerConfiguration";
    private static final int MOST_PROFILES = 100;
    private static final String PERCENTAGE = "percentageOfNodesToScore";
    private static final String INITIAL = "podInitialBackoffSeconds";
    private static final String LONGEST = "podMaxBackoffSeconds";
    private final List<String> problems;

    /// @param problems is given what is wrong
    ConfigurationReader(List<String> problems) {
        this.problems = problems;
    }

    /// What is wrong has upstream's default in the result.
    SchedulerConfiguration read(Struct object) {
        Fields file = new Fields("", object, problems);
        if (!file.text("apiVersion", "").equals(API_VERSION) || !file.text("kind", "").equals(KIND)) {
            problems.add("its first lines must be apiVersion: " + API_VERSION + " and kind: " + KIND);
            return SchedulerConfiguration.DEFAULT;
        }
        process(file);
        int percentage = percentage(file, 0);
        long initial = file.whole(INITIAL, 1, 1, Integer.MAX_VALUE, "must be greater than 0");
        long longest = file.whole(LONGEST, 10, 1, Integer.MAX_VALUE, "must be greater than 0");
        if (longest < initial) {
            file.invalid(LONGEST, longest, "must be greater than or equal to PodInitialBackoffSeconds");
        }
        List<SchedulerProfile> profiles = profiles(file.list("profiles"), percentage);
        ExtenderConfigs extenders = new ExtenderConfigs(file);
        file.end();
        List<SchedulerProfile> all = profiles.isEmpty() ? List.of(unnamed(percentage)) : profiles;
        return new SchedulerConfiguration(all.stream().map(p -> ignoring(p, extenders.ignored())).toList(),
                Duration.ofSeconds(initial), Duration.ofSeconds(longest), extenders.extenders());
    }

    /// What extenders look after replaces what a profile ignores, as upstream.
    private static SchedulerProfile ignoring(SchedulerProfile profile, Set<String> resources) {
        if (resources.isEmpty()) {
            return profile;
        }
        PluginArguments a = profile.arguments();
        PluginArguments.Fit fit = new PluginArguments.Fit(resources, a.fit().ignoredGroups(), a.fit().strategy(),
                a.fit().resources(), a.fit().shape());
        return new SchedulerProfile(profile.schedulerName(), profile.percentageOfNodesToScore(), profile.filters(),
                profile.scores(), profile.postFilters(), new PluginArguments(a.preemption(), a.podAffinity(),
                        a.addedAffinity(), a.balanced(), fit, a.spread()));
    }

    private static SchedulerProfile unnamed(int percentage) {
        SchedulerProfile preset = SchedulerProfile.DEFAULT;
        return new SchedulerProfile(preset.schedulerName(), percentage, preset.filters(), preset.scores(),
                preset.postFilters(), preset.arguments());
    }

    /// What is of the process, not of scheduling: the API is asked within the process, one thread decides, and the
    /// election has arguments of its own.
    private static void process(Fields file) {
        file.any("clientConnection", "enableContentionProfiling", "delayCacheUntilActive");
        file.whole("parallelism", 16, 1, Integer.MAX_VALUE, "should be an integer value greater than zero");
        if (file.flag("enableProfiling", false)) {
            file.wrong("enableProfiling", "there is no profiling of Go in K3j; write false or leave it out");
        }
        Fields election = file.fields("leaderElection");
        election.any("resourceLock", "resourceName", "resourceNamespace");
        if (!election.flag("leaderElect", true)) {
            election.wrong("leaderElect", "leave it out here and write --kube-scheduler-arg=leader-elect=false");
        }
        for (String[] field : new String[][] {{"leaseDuration", "lease-duration"}, {"renewDeadline", "renew-deadline"},
                {"retryPeriod", "retry-period"}}) {
            if (!election.text(field[0], "").isEmpty()) {
                election.wrong(field[0],
                        "leave it out here and write --kube-scheduler-arg=leader-elect-" + field[1] + "=…");
            }
        }
        election.end();
    }

    private static int percentage(Fields fields, int otherwise) {
        return (int) fields.whole(PERCENTAGE, otherwise, 0, 100, "not in valid range [0-100]");
    }

    private List<SchedulerProfile> profiles(List<Fields> list, int percentage) {
        List<SchedulerProfile> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        if (list.size() > MOST_PROFILES) {
            problems.add("profiles: there are more than " + MOST_PROFILES);
            return all;
        }
        for (Fields profile : list) {
            String name = profile.text("schedulerName", list.size() == 1 ? SchedulerProfile.DEFAULT_NAME : "");
            if (name.isEmpty()) {
                profile.wrong("schedulerName", "Required value");
            } else if (!names.add(name)) {
                profile.wrong("schedulerName", "Duplicate value: \"" + name + "\"");
            }
            ProfilePlugins plugins = new ProfilePlugins(profile.fields("plugins"));
            all.add(new SchedulerProfile(name, percentage(profile, percentage),
                    plugins.at(ExtensionPoints.FILTER).keySet(), plugins.at(ExtensionPoints.SCORE),
                    plugins.at(ExtensionPoints.POST_FILTER).keySet(), new PluginConfig(profile).read()));
            plugins.check();
            profile.end();
        }
        return all;
    }
}
