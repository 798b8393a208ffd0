package io.k3j.encryptionproviders;

/// A resource of a group as the file names it; `*` stands for all. A value.
record GroupResource(String group, String resource) {
    private static final String ALL = "*";
    /// Every resource of every group.
    static final GroupResource EVERYTHING = new GroupResource(ALL, ALL);

    /// `secrets`, `deployments.apps`, `*.apps`; `*.` is the core group.
    static GroupResource parse(String text) {
        int dot = text.indexOf('.');
        return dot < 0 ? new GroupResource("", text)
                : new GroupResource(text.substring(dot + 1), text.substring(0, dot));
    }

    /// Every resource of the same group.
    GroupResource wholeGroup() {
        return new GroupResource(group, ALL);
    }

    boolean wildcard() {
        return resource.equals(ALL);
    }

    /// As a file would name it.
    @Override
    public String toString() {
        return group.isEmpty() && !wildcard() ? resource : resource + "." + group;
    }
}
