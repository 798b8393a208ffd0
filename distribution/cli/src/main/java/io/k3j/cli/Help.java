package io.k3j.cli;

import java.util.stream.Collectors;

/// The help texts.
final class Help {
    private static final int COLUMN = 46;

    private Help() {
    }

    /// Of `k3s` itself.
    static String overview() {
        return """
                NAME:
                   k3s - Kubernetes, but small and simple

                USAGE:
                   k3s command [command options]

                COMMANDS:
                   server        Run management server
                   kubectl       Run kubectl
                   crictl        Run crictl
                   ctr           Run ctr
                   check-config  Run config check
                   check-policy  Say which NetworkPolicy allows or denies: FROM TO PORT
                   token         Manage tokens: create, delete, generate, list, rotate
                   certificate   Manage certificates: check, rotate, rotate-ca
                   secrets-encrypt  Control the encryption of Secrets: status, enable, disable, rotate-keys
                   datastore     Copy a datastore into another: copy
                   etcd-snapshot Manage snapshots of etcd: save, ls, delete, prune
                   server-config Show and change what servers agree on: get, set
                   component     Say what this server runs and why: ls, status, enable, disable, shell
                   bundle        List, swap and stop the running bundles: ls, check, swap, back, stop, start
                   plugin        Run what a build makes, each time it does: dev DIRECTORY
                   upgrade       Change the installed release as a whole: --plan, --to TAR, --rollback
                   completion    Install shell completion script: bash, zsh
                   help, h       Shows a list of commands or help for one command

                GLOBAL OPTIONS:
                   --debug  Log more [$K3S_DEBUG]
                   --data-dir value, -d value  The directory of all state [$K3S_DATA_DIR]
                   --help, -h     show help
                   --version, -v  print the version
                """;
    }

    /// Of `k3s server` or `k3s agent`; flags that are not supported yet are marked.
    static String command(String command) {
        return "NAME:\n   k3s " + command + " - Run " + (command.equals("server") ? "management server" : "node agent")
                + "\n\nUSAGE:\n   k3s " + command + " [OPTIONS]\n\nOPTIONS:\n" + Flags.of(command).all().stream()
                        .filter(f -> !f.hidden()).map(Help::line).collect(Collectors.joining("\n"))
                + "\n   " + HostPackages.NO_INSTALL + " ".repeat(COLUMN - HostPackages.NO_INSTALL.length())
                + "Do not install missing OS packages (K3j only)\n";
    }

    private static String line(Flag flag) {
        String value = flag.type() == Flag.Type.BOOL ? "" : " value";
        String names = flag.shown() + value + flag.aliases().stream()
                .map(a -> ", " + (a.length() == 1 ? "-" : "--") + a + value).collect(Collectors.joining());
        String preset = flag.preset().isEmpty() || flag.preset().equals("false") ? ""
                : " (default: " + flag.preset() + ")";
        String variable = flag.environment().isEmpty() ? "" : " [$" + flag.environment() + "]";
        String state = switch (flag.state()) {
            case Flag.State.Absent _ -> " (not supported yet)";
            case Flag.State.NoEffect _ -> " (no effect)";
            case Flag.State.Works _,Flag.State.Only _ -> "";
        };
        return "   " + names + " ".repeat(Math.max(2, COLUMN - names.length())) + flag.meaning() + preset + variable
                + state;
    }
}
