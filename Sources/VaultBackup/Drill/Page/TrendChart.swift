/// A line of measurements over time, as inline SVG: the newest at the right, the target dashed.
struct TrendChart {
    /// One measurement.
    struct Point {
        var value: Int64
        /// For whoever points at it.
        var label: String
        var isGood: Bool
    }

    private static let (width, height) = (480, 170)
    private static let (left, right, top, bottom) = (8, 472, 26, 148)
    /// The number of points that can still be told apart.
    static let pointsMax = 60

    var title: String
    var points: [Point]
    /// 0 for none.
    var target: Int64
    var format: (Int64) -> String

    func write(to html: inout HTMLWriter) {
        let shown = Array(points.suffix(Self.pointsMax))
        guard let largest = shown.map(\.value).max(), let last = shown.last else {
            html.element("p", ["class": "soft"], text: "\(title): nothing measured yet.")
            return
        }
        // A target far above would press the measurements flat on the ground.
        let isTargetShown = target > 0 && target <= max(largest, 1) * 4
        let highest = max(largest, isTargetShown ? target : 0, 1)
        html.element(
            "svg",
            [
                "viewBox": "0 0 \(Self.width) \(Self.height)", "role": "img",
                "aria-label": "\(title), last \(format(last.value)), most \(format(largest))",
            ]
        ) { svg in
            let base = "\(Self.bottom)"
            svg.void(
                "line",
                [
                    "class": "axis", "x1": "\(Self.left)", "y1": base, "x2": "\(Self.right)",
                    "y2": base,
                ]
            )
            if isTargetShown {
                let level = y(target, highest)
                svg.void(
                    "line",
                    [
                        "class": "target", "x1": "\(Self.left)", "y1": level,
                        "x2": "\(Self.right)", "y2": level,
                    ])
            }
            write(shown, highest, to: &svg)
            writeTexts(shown, largest, to: &svg)
        }
    }

    private func write(_ shown: [Point], _ highest: Int64, to svg: inout HTMLWriter) {
        let places = shown.indices.map { "\(x($0, shown.count)),\(y(shown[$0].value, highest))" }
        if shown.count > 1 {
            svg.void("polyline", ["class": "trend", "points": places.joined(separator: " ")])
        }
        for (index, point) in shown.enumerated() {
            svg.element(
                "circle",
                [
                    "class": point.isGood ? "dot" : "dot bad", "cx": x(index, shown.count),
                    "cy": y(point.value, highest), "r": shown.count > 30 ? "2.5" : "3.5",
                ]
            ) { $0.element("title", text: "\(point.label): \(format(point.value))") }
        }
    }

    private func writeTexts(_ shown: [Point], _ largest: Int64, to svg: inout HTMLWriter) {
        let limit = target > 0 ? ", target \(format(target))" : ""
        svg.element(
            "text", ["x": "\(Self.left)", "y": "14"], text: "most \(format(largest))\(limit)")
        let baseline = "\(Self.height - 6)"
        svg.element(
            "text", ["x": "\(Self.left)", "y": baseline], text: shown.first?.label ?? "")
        if shown.count > 1 {
            svg.element(
                "text", ["x": "\(Self.right)", "y": baseline, "text-anchor": "end"],
                text: shown.last?.label ?? "")
        }
    }

    private func x(_ index: Int, _ count: Int) -> String {
        let (first, last) = (Self.left + 6, Self.right - 6)
        return "\(count == 1 ? (first + last) / 2 : first + (last - first) * index / (count - 1))"
    }

    private func y(_ value: Int64, _ highest: Int64) -> String {
        let share = Double(max(value, 0)) / Double(highest)
        return "\(Self.bottom - Int(Double(Self.bottom - Self.top) * share))"
    }
}
