import VaultBackup

/// Who is told how a drill goes.
protocol DrillVoice: AnyObject {
    /// A step or a control begins.
    func begins(_ check: String)
    /// A step has ended.
    func ended(_ outcome: StepOutcome, milliseconds: Int64)
    /// Nothing more comes.
    func clear()
}
