package io.k3j.cli;

import java.util.ArrayList;
import java.util.List;

/// What reading a command line brings to light: problems, which forbid to go on, and warnings.
record Findings(String command, List<String> problems, List<String> warnings) {
    Findings(String command, List<String> warnings) {
        this(command, new ArrayList<>(), warnings);
    }

    /// A key of the configuration file that is no flag: a warning for `server`, a problem for `agent`, as in K3s.
    void unknownKey(String key, String where) {
        if (command.equals("agent")) {
            problems.add("flag provided but not defined: --" + key + " (" + where + "); take it out of the file");
        } else {
            warnings.add("Unknown flag --" + key + " found in config.yaml, skipping (" + where + ")");
        }
    }
}
