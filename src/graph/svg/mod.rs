pub(super) fn write(_graph: &super::model::Graph) -> String {
    String::new()
}
