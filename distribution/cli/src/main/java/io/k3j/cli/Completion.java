package io.k3j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `k3s completion bash|zsh [-i]`.
final class Completion {
    private static final String COMMANDS = "server agent kubectl crictl ctr check-config check-policy bundle "
            + "component plugin upgrade completion token etcd-snapshot secrets-encrypt certificate server-config "
            + "datastore help";

    private Completion() {
    }

    static int run(List<String> arguments, Host host) {
        boolean install = arguments.contains("-i");
        String shell = arguments.stream().filter(a -> !a.startsWith("-")).findFirst().orElse("");
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new UsageFailure("must provide a valid SHELL argument: k3s completion bash, or k3s completion zsh");
        }
        if (!install) {
            System.out.print(script());
            return 0;
        }
        Path rc = Path.of(host.home(), "." + shell + "rc");
        try {
            Files.writeString(rc, "\n# k3s completion (generated)\nsource <(k3s completion " + shell + ")\n",
                    StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UsageFailure("cannot write " + rc + ": " + e.getMessage());
        }
        System.out.println("Autocomplete for " + shell + " added to: " + rc);
        return 0;
    }

    /// What the shell reads.
    static String script() {
        return """
                #! /bin/bash
                _k3s_complete() {
                  local word="${COMP_WORDS[COMP_CWORD]}" words="%s"
                  if [ "$COMP_CWORD" -gt 1 ]; then
                    case "${COMP_WORDS[1]}" in
                      server) words="%s" ;;
                      agent) words="%s" ;;
                      bundle) words="ls check swap back stop start" ;;
                      component) words="ls status enable disable shell" ;;
                      plugin) words="dev" ;;
                      upgrade) words="--plan --to --rollback --await-plan --service-account --allow-downgrade \
                --no-snapshot --timeout --restart" ;;
                      completion) words="bash zsh" ;;
                %s      server-config) words="get set" ;;
                      datastore) words="copy" ;;
                      *) words="" ;;
                    esac
                  fi
                  COMPREPLY=($(compgen -W "$words" -- "$word"))
                }
                [ -n "${ZSH_VERSION:-}" ] && autoload -Uz bashcompinit && bashcompinit
                complete -F _k3s_complete k3s
                """.formatted(COMMANDS, flags("server"), flags("agent"),
                Stream.of("token", "certificate", "secrets-encrypt", "etcd-snapshot").map(Completion::words)
                        .collect(Collectors.joining()));
    }

    /// The words of a command, and behind one of them its flags.
    private static String words(String command) {
        StringBuilder text = new StringBuilder("      ").append(command).append(") words=\"")
                .append(String.join(" ", CommandHelp.words(command))).append("\"\n")
                .append("        if [ \"$COMP_CWORD\" -gt 2 ]; then case \"${COMP_WORDS[2]}\" in\n");
        CommandHelp.words(command).forEach(word -> text.append("          ").append(word).append(") words=\"")
                .append(CommandHelp.flags(command + " " + word).stream().map(flag -> "--" + flag)
                        .collect(Collectors.joining(" ")))
                .append("\" ;;\n"));
        return text.append("        esac; fi ;;\n").toString();
    }

    private static String flags(String command) {
        return Flags.of(command).all().stream().filter(f -> !f.hidden()).map(Flag::shown)
                .collect(Collectors.joining(" "));
    }
}
