package io.k3j.schedulerconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.schedulerconfig.PluginArguments.Point;
import io.k3j.schedulerconfig.PluginArguments.ResourceSpec;
import io.k3j.schedulerconfig.PluginArguments.Strategy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a KubeSchedulerConfiguration becomes, and what is said of one that is wrong.
class SchedulerConfigurationTest {
    private static final String HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";
    @TempDir
    private Path home;

    private SchedulerConfiguration read(String text) throws IOException {
        Path file = Files.writeString(home.resolve("scheduler.yaml"), HEAD + text);
        return SchedulerConfiguration.of(List.of("leader-elect=true", "config=/not/the/last", "config=" + file));
    }

    private SchedulerProfile only(String text) throws IOException {
        return read("profiles:\n" + text).profiles().getFirst();
    }

    @Test
    void withoutAFileThereIsTheDefaultProfile() {
        assertThat(SchedulerConfiguration.of(List.of("leader-elect"))).isSameAs(SchedulerConfiguration.DEFAULT);
        assertThat(SchedulerProfile.DEFAULT.weight("TaintToleration")).isEqualTo(3);
        assertThat(SchedulerProfile.DEFAULT.filters("VolumeBinding")).isTrue();
        assertThat(SchedulerProfile.DEFAULT.filters("NodeDeclaredFeatures")).isTrue();
    }

    @Test
    void whatNodesDeclareNeedNotBeLookedAt() throws IOException {
        assertThat(only("- plugins: {multiPoint: {disabled: [{name: NodeDeclaredFeatures}]}}\n")
                .filters("NodeDeclaredFeatures")).isFalse();
    }

    @Test
    void aFileThatSaysNothingIsTheDefaultToo() throws IOException {
        assertThat(read("")).isEqualTo(SchedulerConfiguration.DEFAULT);
        assertThat(read("""
                clientConnection: {kubeconfig: /var/lib/rancher/k3s/server/cred/scheduler.kubeconfig}
                leaderElection: {leaderElect: true, resourceName: kube-scheduler}
                parallelism: 16
                profiles: [{}]
                """)).isEqualTo(SchedulerConfiguration.DEFAULT);
    }

    @Test
    void numbersOfTheWholeAndOfAProfile() throws IOException {
        SchedulerConfiguration read = read("""
                percentageOfNodesToScore: 30
                podInitialBackoffSeconds: 2
                podMaxBackoffSeconds: 60
                profiles:
                - schedulerName: default-scheduler
                - {schedulerName: thorough, percentageOfNodesToScore: 100}
                """);
        assertThat(read.initialBackOff()).isEqualTo(Duration.ofSeconds(2));
        assertThat(read.longestBackOff()).isEqualTo(Duration.ofMinutes(1));
        assertThat(read.profile("default-scheduler").orElseThrow().percentageOfNodesToScore()).isEqualTo(30);
        assertThat(read.profile("thorough").orElseThrow().percentageOfNodesToScore()).isEqualTo(100);
        assertThat(read.profile("another")).isEmpty();
    }

    @Test
    void whatIsSaidOfAPointPrevailsOverMultiPoint() throws IOException {
        SchedulerProfile profile = only("""
                - plugins:
                    multiPoint:
                      enabled: [{name: NodeAffinity, weight: 10}, {name: ImageLocality}]
                      disabled: [{name: PodTopologySpread}]
                    score:
                      enabled: [{name: NodeResourcesFit, weight: 5}]
                      disabled: [{name: NodeResourcesBalancedAllocation}, {name: SomebodyElses}]
                """);
        assertThat(profile.filters("PodTopologySpread")).isFalse();
        assertThat(profile.scores()).containsOnlyKeys("TaintToleration", "NodeAffinity", "NodeResourcesFit",
                "InterPodAffinity", "ImageLocality", "DynamicResources");
        assertThat(profile.weight("NodeAffinity")).isEqualTo(10);
        assertThat(profile.weight("NodeResourcesFit")).isEqualTo(5);
        assertThat(profile.weight("ImageLocality")).isEqualTo(1);
        assertThat(profile.weight("TaintToleration")).isEqualTo(3);
        assertThat(profile.weight("PodTopologySpread")).isZero();
    }

    /// As upstream's page shows it.
    @Test
    void allScoresAreDisabledByAStar() throws IOException {
        SchedulerProfile profile = only("""
                - schedulerName: no-scoring-scheduler
                  plugins:
                    preScore: {disabled: [{name: '*'}]}
                    score: {disabled: [{name: '*'}]}
                    postFilter: {disabled: [{name: DefaultPreemption}]}
                """);
        assertThat(profile.scores()).isEmpty();
        assertThat(profile.postFilters()).containsExactly("DynamicResources");
        assertThat(profile.filters()).isEqualTo(SchedulerProfile.DEFAULT.filters());
    }

    @Test
    void whatIsEnabledReplacesAllThatIsDisabled() throws IOException {
        assertThat(only("""
                - plugins:
                    preScore: {disabled: [{name: '*'}], enabled: [{name: NodeResourcesFit}]}
                    score: {disabled: [{name: '*'}], enabled: [{name: NodeResourcesFit}]}
                """).scores()).containsOnlyKeys("NodeResourcesFit");
    }

    @Test
    void argumentsOfPlugins() throws IOException {
        PluginArguments read = only("""
                - pluginConfig:
                  - name: NodeResourcesFit
                    args:
                      apiVersion: kubescheduler.config.k8s.io/v1
                      kind: NodeResourcesFitArgs
                      ignoredResources: [example.com/foo]
                      ignoredResourceGroups: [example.org]
                      scoringStrategy:
                        type: RequestedToCapacityRatio
                        resources: [{name: cpu, weight: 3}, {name: example.com/foo}]
                        requestedToCapacityRatio:
                          shape: [{utilization: 0, score: 0}, {utilization: 100, score: 10}]
                  - name: DefaultPreemption
                    args: {minCandidateNodesPercentage: 5}
                  - name: InterPodAffinity
                    args: {hardPodAffinityWeight: 0, ignorePreferredTermsOfExistingPods: true}
                  - name: NodeResourcesBalancedAllocation
                    args: {resources: [{name: memory, weight: 1}]}
                  - name: NodeAffinity
                    args:
                      addedAffinity:
                        requiredDuringSchedulingIgnoredDuringExecution:
                          nodeSelectorTerms:
                          - matchExpressions: [{key: pool, operator: In, values: [a]}]
                  - name: PodTopologySpread
                    args:
                      defaultConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]
                      defaultingType: List
                """).arguments();
        assertThat(read.fit().strategy()).isEqualTo(Strategy.REQUESTED_TO_CAPACITY_RATIO);
        assertThat(read.fit().resources()).containsExactly(new ResourceSpec("cpu", 3),
                new ResourceSpec("example.com/foo", 1));
        assertThat(read.fit().shape()).containsExactly(new Point(0, 0), new Point(100, 10));
        assertThat(read.fit().ignores("example.com/foo")).isTrue();
        assertThat(read.fit().ignores("example.com/bar")).isFalse();
        assertThat(read.fit().ignores("example.org/bar")).isTrue();
        assertThat(read.preemption()).isEqualTo(new PluginArguments.Preemption(5, 100));
        assertThat(read.podAffinity()).isEqualTo(new PluginArguments.PodAffinity(0, true));
        assertThat(read.balanced()).containsExactly(new ResourceSpec("memory", 1));
        assertThat(read.addedAffinity().isEmpty()).isFalse();
        assertThat(read.spread()).isEqualTo(new PluginArguments.Spread(false,
                List.of(new PluginArguments.Constraint(1, "zone", true))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "profile: []|profile: unknown field; leave it out",
            "percentageOfNodesToScore: 101|percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]",
            "podMaxBackoffSeconds: 0|podMaxBackoffSeconds: Invalid value: 0: must be greater than 0",
            "podInitialBackoffSeconds: 20|must be greater than or equal to PodInitialBackoffSeconds",
            "parallelism: many|parallelism: it must be a whole number",
            "extenders: [{urlPrefix: x}]|extenders[0].urlPrefix: it must be like http://127.0.0.1:8888/scheduler",
            "extenders: [{urlPrefix: http://x, prioritizeVerb: p}]|must have a positive weight applied to it",
            "extenders: [{urlPrefix: http://x, bindVerb: b}, {urlPrefix: http://y, bindVerb: b}]|found 2 extend",
            "extenders: [{urlPrefix: http://x, httpTimeout: soon}]|Invalid value: \"soon\": it must be a duration",
            "extenders: [{urlPrefix: http://x, managedResources: [{name: cpu}]}]|must be an extended resource name",
            "extenders: [{urlPrefix: https://x, tlsConfig: {certFile: /no/such/file}}]|/no/such/file cannot be read",
            "leaderElection: {leaseDuration: 15s}|leaderElection.leaseDuration: leave it out here and write --kube-",
            "profiles: [{}, {}]|profiles[0].schedulerName: Required value",
            "profiles: [{schedulerName: a}, {schedulerName: a}]|profiles[1].schedulerName: Duplicate value: \"a\"",
            "profiles: [{plugins: {score: {enabled: [{name: X}]}}}]|enabled[0].name: plugin \"X\" does not exist;",
            "profiles: [{plugins: {score: {enabled: [{name: NodePorts}]}}}]|plugin \"NodePorts\" does not extend score",
            "profiles: [{plugins: {permit: {enabled: [{name: X}]}}}]|does not exist; there are none",
            "profiles: [{plugins: {bind: {disabled: [{name: '*'}]}}}]|DefaultBinder is always there in K3j",
            "profiles: [{plugins: {preScore: {disabled: [{name: NodeAffinity}]}}}]|disable it there, too",
            "profiles: [{plugins: {filter: {disabled: [{name: VolumeZone}]}}}]|work together in K3j",
            "profiles: [{plugins: {scores: {}}}]|profiles[0].plugins.scores: unknown field",
            "profiles: [{pluginConfig: [{name: X}]}]|plugin \"X\" takes no arguments here; those that do are Default",
            "profiles: [{pluginConfig: [{name: NodeAffinity, args: {kind: X}}]}]|kind: it must be NodeAffinityArgs",
            "profiles: [{pluginConfig: [{name: NodeAffinity}, {name: NodeAffinity}]}]|repeated config for plugin",
            "profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: X}}}]}]"
                    + "|scoringStrategy.type: Unsupported value: \"X\": supported values: \"LeastAllocated\"",
            "profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: "
                    + "{type: RequestedToCapacityRatio}}}]}]|at least one point must be specified",
            "profiles: [{pluginConfig: [{name: PodTopologySpread, args: {defaultConstraints: [{maxSkew: 1, "
                    + "topologyKey: a, whenUnsatisfiable: ScheduleAnyway}]}}]}]|when .defaultConstraints are not empty",
            "profiles: [{pluginConfig: [{name: VolumeBinding, args: {bindTimeoutSeconds: 5}}]}]|without an end in K3j",
            "profiles: [{pluginConfig: [{name: NodeAffinity, args: {addedAffinity: "
                    + "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: "
                    + "[{key: a, operator: Is}]}]}}}}]}]|operator: Invalid value: \"Is\": not a valid selector",
            "`profiles: [`|it is not a KubeSchedulerConfiguration: "})
    void whatIsWrongIsNamed(String text, String why) {
        assertThatIllegalArgumentException().isThrownBy(() -> read(text + "\n"))
                .withMessageStartingWith("--kube-scheduler-arg config=" + home.resolve("scheduler.yaml") + ": ")
                .withMessageContaining(why);
    }

    @Test
    void extendersAndWhatTheyManage() throws IOException {
        SchedulerConfiguration read = read("""
                extenders:
                - urlPrefix: http://127.0.0.1:8888/scheduler/
                  filterVerb: filter
                  prioritizeVerb: /prioritize
                  weight: 2
                  bindVerb: bind
                  httpTimeout: 30s
                  nodeCacheCapable: true
                  managedResources: [{name: example.com/gpu, ignoredByScheduler: true}]
                  ignorable: true
                """);
        assertThat(read.extenders()).containsExactly(new ExtenderConfig(
                URI.create("http://127.0.0.1:8888/scheduler"),
                new ExtenderConfig.Verbs("filter", "prioritize", "", "bind"), 2, Duration.ofSeconds(30), true,
                Set.of("example.com/gpu"), true, ExtenderConfig.Tls.NONE));
        assertThat(read.profiles().getFirst().arguments().fit().ignores("example.com/gpu")).isTrue();
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("percentageOfNodesToScore: -1\nparallelism: 0\nx: 1\n"))
                .withMessageContainingAll("percentageOfNodesToScore", "parallelism", "x: unknown field");
    }

    @Test
    void aFileThatIsNotThereOrAnothersIsNamed() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SchedulerConfiguration.of(List.of("config=/no/such/file"))).withMessage(
                        "--kube-scheduler-arg config=/no/such/file: it cannot be read (NoSuchFileException); write a "
                                + "KubeSchedulerConfiguration there or leave the argument out");
        Path file = Files.writeString(home.resolve("old.yaml"), HEAD.replace("/v1\n", "/v1beta3\n"));
        assertThatIllegalArgumentException().isThrownBy(() -> SchedulerConfiguration.of(List.of("config=" + file)))
                .withMessageContaining("its first lines must be apiVersion: kubescheduler.config.k8s.io/v1 and kind: ");
    }
}
