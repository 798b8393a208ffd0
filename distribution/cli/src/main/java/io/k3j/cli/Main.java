package io.k3j.cli;

import io.k3j.codec.TerminalText;
import io.k3j.launcher.ConsoleProgress;
import io.k3j.launcher.Home;
import io.k3j.launcher.LaunchPlan;
import io.k3j.launcher.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The command `k3s`: one word, then that word's own arguments.
public final class Main {
    /// The first line is read by tools: keep its form.
    public static final String VERSION = "v1.36.2+k3s1";
    private static final Path NODE_ID = Path.of("/etc/rancher/node/id");
    private static final int NOT_FOUND = 127;
    /// As K3s' command line ends for a word it does not know.
    private static final int NO_TOPIC = 3;

    private Main() {
    }

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] arguments) {
        int code;
        try {
            List<String> words = HandedOver.after(List.of(arguments), System.getProperty("k3j.arguments", ""));
            code = run(words, Host.here(InstantSource.system(), System.getenv()));
        } catch (UsageFailure e) {
            String.valueOf(e.getMessage()).lines()
                    .forEach(l -> System.err.println("k3s: " + TerminalText.escaped(l)));
            code = 1;
        }
        System.exit(code);
    }

    static int run(List<String> arguments, Host host) {
        String word = arguments.isEmpty() ? "help" : arguments.getFirst();
        List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
        Optional<String> help = CommandHelp.asked(arguments);
        if (help.isPresent()) {
            System.out.print(help.get());
            return 0;
        }
        return switch (word) {
            case "server", "agent" -> serve(word, rest, host);
            case "kubectl", "crictl", "ctr" -> tool(word, rest, host);
            case "bundle" -> BundleCommand.run(rest, host, System.out, System.err);
            case "component" -> BundleCommand.component(rest, host, System.out, System.err);
            case "plugin" -> PluginCommand.run(rest, host, System.out);
            case "upgrade" -> UpgradeCommand.run(rest, host, Home.find().root(), System.out);
            case "completion" -> Completion.run(rest, host);
            case "check-config" -> CheckConfig.run(rest);
            case "check-policy" -> CheckPolicyCommand.run(rest, host, System.out);
            case "help", "h", "--help", "-h" -> help(rest);
            case "--version", "-v", "version" -> version();
            case "token" -> TokenCommand.run(rest, host);
            case "server-config" -> ServerConfigCommand.run(rest, host);
            case "certificate" -> CertificateCommand.run(rest, host);
            case "datastore" -> DatastoreCommand.run(rest, host);
            case "etcd-snapshot" -> EtcdSnapshotCommand.run(rest, host);
            case "secrets-encrypt" -> SecretsEncryptCommand.run(rest, host);
            default -> {
                System.err.println("k3s: No help topic for '" + TerminalText.escaped(word)
                        + "'; see k3s --help for the commands");
                yield NO_TOPIC;
            }
        };
    }

    private static int serve(String command, List<String> arguments, Host host) {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            return help(List.of(command));
        }
        List<String> warnings = new ArrayList<>();
        List<String> flags = arguments.stream().filter(a -> !a.equals(HostPackages.NO_INSTALL)).toList();
        ConsoleProgress progress = ConsoleProgress.of(System.out);
        LaunchPlan plan = NodeId.named(
                new StartPlan(host, Main::pause, progress::line).build(command, flags, warnings), NODE_ID);
        Supplier<ConfigWatch.Watching> watch = ConfigWatch.remember(
                new ConfigWatch.Source(command, Flags.of(command), flags, host.environment()),
                ConfigWatch.Effects.REAL);
        warnings.forEach(progress::line);
        boolean node = !plan.disabled().contains("agent") && !plan.settings().containsKey("containerRuntimeEndpoint");
        boolean etcd = Boolean.TRUE.equals(plan.settings().get("managedEtcd")) && !plan.disabled().contains("etcd");
        boolean allowed = flags.size() == arguments.size();
        HostPackages.provide(node, etcd, allowed, host, progress::line);
        if (node) {
            HostPackages.unpack(plan.dataDir().resolve("agent/images"), allowed, host, progress::line);
        }
        try (ConfigWatch.Watching _ = watch.get()) {
            return Server.run(plan, progress, release());
        }
    }

    /// Between two looks for the file of a token, as long as in K3s.
    private static boolean pause() {
        try {
            return !new Semaphore(0).tryAcquire(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static int help(List<String> words) {
        String word = words.isEmpty() ? "" : words.getFirst();
        System.out.print(word.equals("server") || word.equals("agent") ? Help.command(word) : Help.overview());
        return 0;
    }

    private static String release() {
        return VERSION + " (" + Commit.shortened() + ")";
    }

    private static int version() {
        System.out.println("k3s version " + release());
        System.out.println("java version " + Runtime.version().feature() + "." + Runtime.version().interim() + "."
                + Runtime.version().update());
        return 0;
    }

    private static int tool(String tool, List<String> arguments, Host host) {
        EarlyKeys early = EarlyKeys.of(host);
        if (tool.equals("kubectl")) {
            Tools.unreadable(host.environment(), early.kubeconfig()).ifPresent(System.err::println);
        }
        Optional<Path> program = new Tools(host.environment().getOrDefault("PATH", ""),
                List.of(Path.of(early.dataDir(), "data/current/bin"), Home.find().root().resolve("bin"))).find(tool);
        if (program.isEmpty()) {
            return BuiltIn.run(tool, arguments, host, early);
        }
        List<String> line = new ArrayList<>(List.of(program.get().toString()));
        line.addAll(arguments);
        ProcessBuilder process = new ProcessBuilder(line).inheritIO();
        Map<String, String> more = Tools.environment(tool, host.environment(), early.kubeconfig(), early.dataDir());
        process.environment().putAll(more);
        try {
            return process.start().waitFor();
        } catch (IOException e) {
            System.err.println("k3s: cannot run " + program.get() + ": " + e.getMessage());
            return NOT_FOUND;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
