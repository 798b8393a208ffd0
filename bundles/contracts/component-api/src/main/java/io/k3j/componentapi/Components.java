package io.k3j.componentapi;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/// The running components: which of them run, their replacement, and how one is stopped for a while. Implemented by
/// `features`; used by `console`, which only root can reach. Changes are serialised; a second one waits. A change goes
/// on to its end, or back, whatever becomes of who asked for it.
@ProviderType
public interface Components {
    /// How the location of a plug-in's bundle begins.
    String PLUGIN_LOCATION = "plugin:";
    /// Before the symbolic name of a plug-in's bundle: the id ([Phases#ID]) of a condition that is there as long as
    /// this bundle, which had a say in requests when it ran, does not run although its file is there. What its
    /// services decided about is answered 503 meanwhile.
    String MISSED = "k3j.missed.";
    /// The property of such a condition that names the contracts of these services, as `objectClass` does.
    String MISSED_SERVICES = "k3j.missed.services";

    /// All bundles of wanted features, by name.
    List<Component> list();

    /// Whether `jar` could replace the running bundle of the same symbolic name: one sentence per
    /// obstacle, empty when there is none. One that nobody has signed whom `--plugin-trust` names is an obstacle.
    /// Changes nothing.
    List<String> check(Path jar);

    /// Who has signed `jar`, as [Component#signer]. Changes nothing.
    /// @throws SwapRefused when it cannot be read, or lacks a signature that is demanded
    String signer(Path jar);

    /// The steps in which `jar` would replace the running bundle of the same symbolic name, a line each. Changes
    /// nothing.
    /// @throws SwapRefused when it could not
    List<String> plan(Path jar);

    /// Replaces the running bundle by `jar` as its policy says, and waits up to 30 s for the new one to become
    /// healthy. Goes back by itself when it does not; and for 30 s more, after this has returned, when it fails then.
    /// The choice survives a restart.
    ///
    /// Blocks until it is healthy. `progress` gets a line per step, on the calling thread; what it throws is ignored.
    /// @throws SwapRefused when nothing was changed, or when the old one is back; it says why
    Component swap(Path jar, Consumer<String> progress);

    /// Takes back the last swap of `name`: the one before it runs again. Blocks as `swap` does.
    /// @throws SwapRefused when there is none, or when it does not become healthy
    Component back(String name, Consumer<String> progress);

    /// Stops a bundle: what it offered is away until it is started again, or the process is. The world it has made
    /// stays, as in a swap. Blocks until it has stopped.
    /// @throws SwapRefused when it has to run, or does not; nothing was changed
    Component stop(String name);

    /// Starts a bundle again that was stopped, and watches for up to 30 s whether it becomes as healthy as it was.
    /// @throws SwapRefused when it was not stopped, or is not healthy; it says whether it runs all the same
    Component start(String name);

    /// All features of this process' role and of its plugin directory, by name, whether they run or not.
    List<Feature> features();

    /// What [#enable] or [#disable] would do, a line each. Changes nothing.
    /// @param name of a feature, or a word that `--disable` knows it by
    /// @throws SwapRefused when it would be refused
    List<String> plan(String name, boolean enabled);

    /// Runs a feature that does not run, and blocks until it is healthy, 30 s at most. The decision is this server's,
    /// survives a restart and prevails over `--disable`; what servers compare when they join stays what their flags
    /// say. `progress` as for [#swap].
    /// @param name of a feature, or a word that `--disable` knows it by
    /// @throws SwapRefused when there is none, when it needs one that does not run, or when it does not start: then
    ///         all is as it was
    List<Feature> enable(String name, Consumer<String> progress);

    /// Stops a feature for good: its bundles clean up what they have made ([Retire]), its packaged objects go. The
    /// decision is kept as that of [#enable] is.
    /// @param name of a feature, or a word that `--disable` knows it by
    /// @throws SwapRefused when there is none, or when it has to run, or others need it; nothing was changed
    List<Feature> disable(String name, Consumer<String> progress);

    /// What [#decideForCluster] would do: what is recorded, and the steps on this server, a line each. Changes
    /// nothing.
    /// @throws SwapRefused when it would be refused
    List<String> clusterPlan(String name, boolean enabled);

    /// Decides about a component for every server of the cluster, and does here what was decided. The others do it as
    /// soon as they hear of it, those that are down when they start again. It prevails over [#enable] and [#disable];
    /// where all servers' flags say the same no decision is left, and those of single servers count again.
    /// @return the features that it is about, as they are here
    /// @throws SwapRefused when nothing was decided, with what to do instead; when it was decided, and this server
    ///         cannot follow, that is a line for `progress`
    List<Feature> decideForCluster(String name, boolean enabled, Consumer<String> progress);

    /// What the bundles of a feature are configured by, by configuration PID and name: what the feature asks for, what
    /// metatype of its bundles describes, and what Configuration Admin has. Empty when nobody is called so. Secrets are
    /// not told. A feature that does not run has those that it asks for, without values.
    /// @param feature the name of a feature
    /// @throws SwapRefused when it cannot be known now
    List<Setting> settings(String feature);

    /// What was decided for the cluster, and how each server that is there follows, by feature and server.
    /// @throws SwapRefused when it cannot be known now
    List<Followed> cluster();

    /// How a server follows a decision for the cluster.
    ///
    /// @param component the feature
    /// @param enabled what was decided
    /// @param server its name
    /// @param state `runs`, or why it does not
    record Followed(String component, boolean enabled, String server, String state) {
    }

    /// One bundle as an operator sees it.
    ///
    /// @param name the short name, e.g. `kube-proxy`
    /// @param symbolicName e.g. `io.k3j.kubeproxy`
    /// @param version bundle version, with a `+` and the jar's short SHA-256 when it is not the shipped one
    /// @param state `ACTIVE`, `RESOLVED`, …; `STOPPED` or `DISABLED` by an operator, `ABSENT` when it is not in the
    ///        distribution, `FAILED` when it was taken out because of what it did
    /// @param health its worst report
    /// @param message that report's message
    /// @param policy how it may be swapped
    /// @param since when the present one started, ISO 8601
    /// @param signer who has signed its jar, of those whom `--plugin-trust` names, as the subject of the certificate;
    ///        empty when it is shipped, or when no signature is demanded
    record Component(String name, String symbolicName, String version, String state, HealthLevel health,
            String message, SwapPolicy policy, String since, String signer) {
        /// One that nobody has signed.
        // the record's own, but for the last
        @SuppressWarnings("checkstyle:ParameterNumber")
        public Component(String name, String symbolicName, String version, String state, HealthLevel health,
                String message, SwapPolicy policy, String since) {
            this(name, symbolicName, version, state, health, message, policy, since, "");
        }
    }

    /// One feature as an operator sees it.
    ///
    /// @param name e.g. `metrics-server`
    /// @param state `ENABLED`, `DISABLED`, or `FAILED` when it is wanted and something of it does not run
    /// @param decided what decided so: `default`, `--disable`, `settings`, `operator`, `cluster`, or the file of a
    ///        plug-in
    /// @param needs features without which it does not run
    /// @param bundles its bundles; empty when it is disabled
    /// @param message why it does not run and what to type, empty when it does
    record Feature(String name, String state, String decided, List<String> needs, List<Component> bundles,
            String message) {
        /// Copies the lists.
        public Feature {
            needs = List.copyOf(needs);
            bundles = List.copyOf(bundles);
        }
    }

    /// One value that a bundle is configured by.
    ///
    /// @param pid of the configuration
    /// @param name of the property
    /// @param type `String`, `Integer`, `Boolean` …, with `[]` when there may be several; empty when nobody says
    /// @param value as text, several separated by `, `; [#HIDDEN] in place of a secret; empty when there is none
    /// @param isDefault whether nobody has set it: the value is K3s' default or the bundle's own
    /// @param flag the flag of K3s that sets it, as `--cluster-cidr`; empty when none does
    /// @param where the flag was set: `command line`, an environment variable, a file with a line; empty when it was
    ///        not
    /// @param description what metatype says of it, in a line; empty when it says nothing
    record Setting(String pid, String name, String type, String value, boolean isDefault, String flag, String where,
            String description) {
        /// Stands for a value that is not told.
        public static final String HIDDEN = "(hidden)";
    }
}
